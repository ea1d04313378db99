import type { Json } from "../../model/json.ts";
import { parserOfPath } from "../../model/parser-of-path.ts";
import { ignoredGlobs } from "./ignored-globs.ts";
import type { ConftestSettings } from "./settings.ts";

/** A first configuration from conftest's settings, and what of them has no counterpart in it. */
export interface ConftestConfig {
  readonly text: string;
  /** One line for each. */
  readonly left: readonly string[];
}

/** What is left of a setting, by its name, and where it went. */
const elsewhere: { readonly [setting: string]: string } = {
  capabilities: "policies may call every builtin that reads nothing but the policies, their data and what is judged",
  "github-hide-passed": "it only changes what conftest prints",
  "junit-hide-message": "it only changes what conftest prints",
  "no-color": "NO_COLOR=1 turns colours off",
  output: "check -o FORMAT",
  quiet: "it only changes what conftest prints",
  "show-builtin-errors": "a builtin that fails is undefined, as in OPA",
  "suppress-exceptions": "results that an exception excuses are only counted",
  tls: "nothing is fetched without TLS",
  trace: "check --trace",
  update: "policies may come from another repository, an OCI artifact or a bundle: docs/policies-from-elsewhere.md",
};

/** Makes portcullis.yaml of conftest's settings. `paths` are the files of the repository. */
export function conftestConfig(settings: ConftestSettings, paths: readonly string[]): ConftestConfig {
  const { policy, data, namespace, combine, noFail, parser, from } = settings;
  const ignored = settings.ignore === "" ? [] : ignoredGlobs(settings.ignore);
  const files = documentFiles(paths, [...policy, ...data]);
  const namespaces = settings.allNamespaces ? ["*"] : namespace;
  const documents = {
    files,
    ...(parser === undefined ? {} : { parser }),
    policies: policy.map(cleaned),
    ...(data.length === 0 ? {} : { data: data.map(cleaned) }),
    namespaces,
  };
  const text = [
    `# Made from the settings of conftest${from.length === 0 ? "" : `: ${from.join(", ")}`}. Every key is described in docs/configuration.md.\nversion: 1\n`,
    `\n# The policies that judge manifests: package main, and packages with METADATA.\npolicies: ${flow(policy.map(cleaned))}\n`,
    data.length === 0 ? "" : `\n# JSON and YAML that policies see as data.\ndata: ${flow(data.map(cleaned))}\n`,
    combine ? `\n# Policies whose input is the list of all manifests.\ncombine: ${flow(policy.map(cleaned))}\n` : "",
    ignored === undefined || ignored.length === 0
      ? ""
      : `\n# Files that are not judged.\nmanifests: { exclude: ${flow(ignored)} }\n`,
    noFail ? "\n# Findings are shown and block nothing.\nmode: report\n" : "",
    files.length === 0
      ? ""
      : `\n# Files that are no manifests, and the policies that judge them.\ndocuments:\n${entry(documents)}`,
  ].join("");
  return { text, left: leftOver(settings, { isIgnoreLeft: ignored === undefined, hasDocuments: files.length > 0 }) };
}

function leftOver(
  settings: ConftestSettings,
  { isIgnoreLeft, hasDocuments }: { readonly isIgnoreLeft: boolean; readonly hasDocuments: boolean },
): readonly string[] {
  const { namespace, allNamespaces, others } = settings;
  const isPlain = !allNamespaces && namespace.length === 1 && namespace[0] === "main";
  return [
    ...(isPlain
      ? []
      : [
          `${allNamespaces ? "all-namespaces" : `namespace ${namespace.join(", ")}`}: of manifests, packages are chosen by METADATA, or on the command line: check ${allNamespaces ? "--all-namespaces" : namespace.map((name) => `-n ${name}`).join(" ")}`,
        ]),
    ...(isIgnoreLeft ? [`ignore ${settings.ignore}: write globs into manifests.exclude`] : []),
    ...(settings.parser !== undefined && !hasDocuments
      ? [`parser ${settings.parser}: write the files that it reads into documents`]
      : []),
    ...(settings.failOnWarn ? ["fail-on-warn: check --fail-on warn, or deny as the level of single policies"] : []),
    ...(settings.regoVersion === "v0" ? ["rego-version v0: check --rego-version v0"] : []),
    ...(settings.strict ? ["strict: portcullis lint"] : []),
    ...(settings.stdinFilename === "" ? [] : ["stdin-filename: only check --compat conftest reads standard input"]),
    ...(settings.protoFileDirs.length === 0 ? [] : ["proto-file-dirs: every .proto file of the repository is known"]),
    ...others.map((name) => `${name}: ${elsewhere[name] ?? "there is no such setting"}`),
  ];
}

/** Formats in which manifests are written too: which of these files are none, only a person knows. */
const likeManifests: ReadonlySet<string> = new Set(["json", "yaml", "jsonnet"]);

/** Patterns for the files whose name tells that conftest reads them and that are no manifests. */
function documentFiles(paths: readonly string[], without: readonly string[]): readonly string[] {
  const patterns = paths.flatMap((path): readonly string[] => {
    const parser = parserOfPath(path);
    const isLeftOut = without.map(cleaned).some((one) => path === one || path.startsWith(`${one}/`));
    if (/^conftest\.\w+$/.test(path)) return [];
    if (parser === undefined || likeManifests.has(parser) || isLeftOut || /(^|\/)node_modules\//.test(path)) return [];
    const name = path.slice(path.lastIndexOf("/") + 1);
    const special = /^(?:dockerfile|jenkinsfile)/i.exec(name)?.[0];
    if (special !== undefined) return [`**/${special}*`];
    const dot = name.lastIndexOf(".");
    return [dot <= 0 ? `**/${name}` : `**/*${name.slice(dot)}`];
  });
  // Every repository has these, and hardly one has policies about them.
  const common = new Set(["**/.gitignore", "**/.dockerignore", "**/CODEOWNERS"]);
  return [...new Set(patterns)].filter((pattern) => !common.has(pattern)).toSorted();
}

function entry(values: { readonly [key: string]: Json }): string {
  const lines = Object.entries(values).map(
    ([key, value]) => `${key}: ${Array.isArray(value) ? flow(value) : JSON.stringify(value)}`,
  );
  return lines.map((line, at) => `${at === 0 ? "  - " : "    "}${line}\n`).join("");
}

function flow(values: readonly Json[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(", ")}]`;
}

function cleaned(path: string): string {
  return path.replace(/^(?:\.\/)+/, "").replace(/\/+$/, "") || ".";
}
