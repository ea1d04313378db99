import type { Config } from "../model/config.ts";
import type { Pointer } from "../model/json.ts";
import type { DataFile, PolicyFile, PolicySources } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import { configProblem } from "./config-problem.ts";
import { configFileSources } from "./config-file-sources.ts";
import { filesBelow, isBelow, readTexts, type FilesBelow, type FoundFile } from "./policy-files.ts";
import { CLUSTER } from "./named-policies.ts";
import { policyObjects } from "./policy-objects.ts";
import { isProfile } from "./profiles.ts";
import { shippedPolicies } from "./shipped-policies.ts";
import type { ConfigSource } from "./read-config.ts";

/** Which files make a policy set. Paths are files or directories of the tree. */
export interface PolicySelection {
  readonly policies: readonly string[];
  readonly data: readonly string[];
  /** Those whose `input` is the list of all manifests; absent: none. */
  readonly combine?: readonly string[];
  readonly namespaces?: readonly string[] | "*";
  /** Where the configuration lists them; default: its own `policies` and `data`. */
  readonly at?: Pointer;
  /** Default v1. */
  readonly regoVersion?: "v0" | "v1";
  /** Those among `policies` that could not be had: a problem says so already. */
  readonly unavailable?: ReadonlySet<string>;
  /** The Rego version of a file, where something tells it. */
  readonly regoVersionOf?: (path: string) => "v0" | "v1" | undefined;
  /** What environments ask of policies by other parameters. */
  readonly environments?: Config["environments"];
  /** The version of Kubernetes in all other environments. */
  readonly kubernetes?: string | undefined;
  /** A path without policies, or a namespace without rules, is no problem. */
  readonly allowEmpty?: boolean;
  /** A path with nothing but Gatekeeper suites is no problem. */
  readonly suites?: true;
}

/** The files of a policy set, its tests, and the problems of what could not be found or read. */
export interface PolicyReading {
  readonly sources: PolicySources;
  /** `*_test.rego`: compiled by `test` only. */
  readonly tests: readonly PolicyFile[];
  readonly problems: readonly Problem[];
  /** Problems of objects beside the policies that would deny something and cannot be judged; tests run without them. */
  readonly refused: readonly Problem[];
  /** Files below a path of policies that hold neither policies nor data nor fixtures of tests. */
  readonly unused: readonly string[];
}

/**
 * Reads the selected policies and data from a tree. `library` is the tree with the shipped policies below `policies/`;
 * it is read where the selection names a profile.
 */
export async function policySources(
  tree: Tree,
  selection: PolicySelection,
  source?: ConfigSource,
  library?: Tree,
): Promise<PolicyReading> {
  // Do not list the repository where nothing is selected.
  const entries = selection.policies.length + selection.data.length === 0 ? [] : await tree.list();
  const problems: Problem[] = [];
  const complain = (list: "policies" | "data", index: number, messages: readonly string[]): void => {
    const written = selection[list][index] ?? "";
    problems.push(
      ...messages.map((message) =>
        configProblem(source, `${selection.at ?? ""}/${list}/${index}`, `${written}: ${message}`),
      ),
    );
  };
  const isToldElsewhere = (written: string): boolean =>
    (isProfile(written) && library !== undefined) || selection.unavailable?.has(written) === true;
  const found = selection.policies.map((written): FilesBelow =>
    written === CLUSTER || isToldElsewhere(written)
      ? { files: [], trouble: [] }
      : filesBelow(entries, written, isManifestFile(written) ? objectFile : regoFile),
  );
  const rego = found.flatMap(({ files }) => files).filter(({ path }) => !isManifestFile(path));
  const own = await readTexts(tree, onlyOnce(rego), problems);
  const shipped = await shippedPolicies(library, selection.policies);
  for (const { index, message } of shipped.problems)
    problems.push(
      configProblem(
        source,
        `${selection.at ?? ""}/policies/${index}`,
        `${selection.policies[index] ?? ""}: ${message}`,
      ),
    );
  const policies = [...own, ...shipped.files];
  const data = await readTexts(
    tree,
    onlyOnce(
      selection.data.flatMap((written, index) => {
        const { files, trouble, empty } = filesBelow(entries, written, objectFile);
        complain("data", index, [...trouble, ...(empty === undefined ? [] : [empty])]);
        return files;
      }),
    ),
    problems,
  );
  const others = entries.length === 0 ? [] : await readTexts(tree, othersBelow(entries, selection), problems);
  const beside = policyObjects(others, policies);
  const suites = selection.suites === true ? others.filter(({ text }) => text.includes("test.gatekeeper.sh/")) : [];
  const holders = new Set([...beside.objects, ...beside.refused, ...suites].map(({ path }) => path));
  for (const [index, { files, trouble, empty }] of found.entries()) {
    const isEmpty = empty !== undefined || files.every(({ path }) => isManifestFile(path) && !holders.has(path));
    const written = selection.policies[index] ?? "";
    if (written === CLUSTER) continue;
    if (!isEmpty || isToldElsewhere(written) || trouble.length > 0) complain("policies", index, trouble);
    else if (!others.some(({ path }) => holders.has(path) && isBelow(path, written)) && selection.allowEmpty !== true)
      complain("policies", index, [empty ?? noPolicies]);
  }
  const configFiles = await configFileSources(tree, entries, own);
  const { combine = [] } = selection;
  for (const [index, written] of combine.entries())
    if (!own.some(({ path }) => isBelow(path, written)))
      problems.push(configProblem(source, `${selection.at ?? ""}/combine/${index}`, `${written}: ${noneCombined}`));
  const combined = new Set(own.map(({ path }) => path).filter((path) => combine.some((one) => isBelow(path, one))));
  const fileOf = ({ path, text }: PolicyFile): PolicyFile => {
    const regoVersion = selection.regoVersionOf?.(path);
    return {
      path,
      text,
      ...(regoVersion === undefined ? {} : { regoVersion }),
      ...(combined.has(path) ? { combine: true as const } : {}),
    };
  };
  const [tests, files] = [policies.filter(({ path }) => isTest(path)), policies.filter(({ path }) => !isTest(path))];
  return {
    sources: {
      files: files.map(fileOf),
      data: data.map(({ path, prefix, text }): DataFile => ({ path, prefix, text })),
      ...(configFiles.length === 0 ? {} : { configFiles }),
      ...(selection.namespaces === undefined ? {} : { namespaces: selection.namespaces }),
      ...(selection.policies.includes(CLUSTER) ? { cluster: true as const } : {}),
      ...(beside.objects.length === 0 ? {} : { objects: beside.objects }),
      regoVersion: selection.regoVersion ?? "v1",
      ...parametersOf(selection.environments ?? {}),
      ...versionsOf(selection),
      ...(Object.keys(shipped.levels).length === 0 ? {} : { levels: shipped.levels }),
      ...(selection.allowEmpty === true ? { allowEmpty: true } : {}),
    },
    tests: tests.map(fileOf),
    problems,
    refused: beside.refused,
    unused: beside.unused,
  };
}

/** JSON and YAML below the policies that are neither data nor fixtures of tests. */
function othersBelow(entries: readonly TreeEntry[], { policies, data }: PolicySelection): readonly FoundFile[] {
  const below = (written: string): readonly FoundFile[] =>
    written === CLUSTER || isProfile(written)
      ? []
      : filesBelow(entries, written, objectFile).files.filter(({ path }) => isManifestFile(path));
  const used = new Set(data.flatMap(below).map(({ path }) => path));
  return onlyOnce(policies.flatMap(below)).filter(
    ({ path }) => !used.has(path) && !path.split("/").slice(0, -1).includes("fixtures"),
  );
}

function parametersOf(environments: Config["environments"]): Pick<PolicySources, "parameters"> {
  const own = Object.entries(environments).filter(([, { parameters }]) => Object.keys(parameters).length > 0);
  return own.length === 0 ? {} : { parameters: Object.fromEntries(own.map(([name, one]) => [name, one.parameters])) };
}

const regoFile = /\.rego$/;
const objectFile = /\.(?:json|ya?ml)$/;
const noneCombined = "holds no Rego that policies: names; expected a file or directory of policies";
const noPolicies = "contains no policy; expected Rego, or Kubernetes objects that declare policies";

function isManifestFile(path: string): boolean {
  return objectFile.test(path);
}

function versionsOf({ kubernetes, environments = {} }: PolicySelection): Pick<PolicySources, "kubernetes"> {
  const own = Object.entries(environments).flatMap(([name, one]) =>
    one.kubernetes === undefined ? [] : [[name, one.kubernetes] as const],
  );
  if (kubernetes === undefined && own.length === 0) return {};
  const common = kubernetes === undefined ? {} : { common: kubernetes };
  return { kubernetes: { ...common, environments: Object.fromEntries(own) } };
}

function onlyOnce(files: readonly FoundFile[]): readonly FoundFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

function isTest(path: string): boolean {
  return path.endsWith("_test.rego");
}
