import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

/** As overlays of real repositories differ: by prefix, suffix, namespace, labels, or not at all. */
const OVERLAYS = Array.from({ length: 11 }, (_, at) => `c${String(at + 1).padStart(2, "0")}`);

function overlay(name: string, at = 0): string {
  const differing = [
    `namespace: ${name}`,
    `namePrefix: ${name}-`,
    `nameSuffix: -${name}`,
    `labels: [{ pairs: { cluster: ${name} } }]`,
  ];
  return `resources: [../../base]\n${differing.slice(0, 1 + (at % 4)).join("\n")}\n`;
}

const overlays = (names: readonly string[]): { readonly [path: string]: string } =>
  Object.fromEntries(names.map((name, at) => [`overlays/${name}/kustomization.yaml`, overlay(name, at)]));

const deployment = (image: string, more = ""): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: { app: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: ${image}
${more}`;

/** Its message names the object, its conditions read the namespace and the labels, which overlays change. */
const POLICY = `# METADATA
# title: Images name a version
# custom:
#   id: images/tag
package images.tag

import rego.v1

deny contains sprintf("%s in %s: %s is no version", [input.metadata.name, input.metadata.namespace, container.image]) if {
	not startswith(input.metadata.namespace, "kube-")
	not input.metadata.labels.exempt
	some container in input.spec.template.spec.containers
	endswith(container.image, ":latest")
}
`;

const LABELS = `# METADATA
# title: Objects are labelled
# custom:
#   id: meta/labels
package meta.labels

import rego.v1

deny contains sprintf("%s lacks %s", [input.metadata.name, missing]) if {
	provided := {label | input.metadata.labels[label]}
	some missing in {"owner", "team"} - provided
}
`;

const CONFIGURATION = "version: 1\npolicies: [policies]\n";

const REPOSITORY: { readonly [path: string]: string } = {
  "portcullis.yaml": CONFIGURATION,
  "policies/tag.rego": POLICY,
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment("web:1.0"),
  ...overlays(OVERLAYS),
};

const BAD = { "base/web.yaml": deployment("web:latest") };

function repository(files: { readonly [path: string]: string }): string {
  const directory = directoryWith(files);
  git(directory, "init", "--quiet", "--initial-branch=main");
  commit(directory, "base");
  git(directory, "switch", "--quiet", "--create=change");
  return directory;
}

function commit(directory: string, message: string): void {
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", `--message=${message}`);
}

interface Row {
  readonly policy: string;
  readonly level: string;
  readonly status: string;
  readonly message: string;
  readonly manifest: { readonly namespace: string; readonly name: string };
  readonly reaches?: readonly {
    readonly manifest: Row["manifest"];
    readonly source: string;
    readonly message?: string;
    readonly fingerprint: string;
  }[];
  readonly environments?: readonly string[];
  readonly location: { readonly path: string; readonly line: number };
  readonly fingerprint: string;
}

async function judged(directory: string, ...args: readonly string[]) {
  const { out, code } = await portcullis(directory, ["check", "--no-schemas", ...args, "-o", "json"]);
  const { counts, findings } = JSON.parse(out) as {
    readonly counts: { readonly introduced: number; readonly existing: number; readonly fixed: number };
    readonly findings: readonly Row[];
  };
  return { code, counts, findings };
}

function shown({ status, level, location: { path, line }, reaches = [] }: Row): string {
  return `${status} ${level} ${path}:${line} reaches ${reaches.length}`;
}

const of = (text: string, part: string): number => text.split(part).length - 1;

test("a line of a base that a change breaks is one finding in every format, whatever eleven overlays call the object", async () => {
  const directory = repository(REPOSITORY);
  write(directory, BAD);
  commit(directory, "change");
  const { code, counts, findings } = await judged(directory, "--base", "main");
  expect(findings.map(shown)).toEqual(["introduced deny base/web.yaml:14 reaches 11"]);
  expect(counts).toMatchObject({ introduced: 1, existing: 0, fixed: 0 });
  expect(code).toBe(1);
  const [row] = findings;
  expect(row?.manifest).toEqual(row?.reaches?.[0]?.manifest);
  expect(row?.reaches?.map(({ source }) => source).toSorted()).toEqual(OVERLAYS.map((name) => `overlays/${name}`));
  const said = row?.reaches?.map(({ message }) => message ?? row.message) ?? [];
  expect(said.toSorted()).toContain("c03-web-c03 in c03: web:latest is no version");
  expect(new Set(said).size).toBe(11);
  const every = async (format: string): Promise<string> =>
    (await portcullis(directory, ["check", "--no-schemas", "--base", "main", "-o", format])).out;
  const subject = "and 10 more objects";
  const sarif = await every("sarif");
  expect(of(sarif, '"ruleIndex"')).toBe(1);
  expect(of(sarif, '"fullyQualifiedName"')).toBe(11);
  expect(sarif).toContain(`"portcullis/v1": "${row?.fingerprint}"`);
  for (const [format, part] of [
    ["junit", "<failure "],
    ["github", "::error "],
    ["codequality", '"check_name"'],
    ["tap", "not ok "],
    ["markdown", "base/web.yaml:14"],
    ["pretty", "deny[images/tag]"],
  ] as const) {
    const text = await every(format);
    expect([format, of(text, part), text.includes(subject)]).toEqual([format, 1, true]);
  }
});

test("a tree by itself has one finding for the line, and one for each label that is missing", async () => {
  const directory = directoryWith({ ...REPOSITORY, ...BAD, "policies/labels.rego": LABELS });
  const { counts, findings } = await judged(directory);
  expect(findings.map((row) => `${row.policy} ${shown(row)}: ${row.message.split(" ").at(-1)}`)).toEqual([
    "meta/labels introduced deny base/web.yaml:5 reaches 11: owner",
    "meta/labels introduced deny base/web.yaml:5 reaches 11: team",
    "images/tag introduced deny base/web.yaml:14 reaches 11: version",
  ]);
  expect(counts.introduced).toBe(3);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
});

test("an overlay that is added to a bad base introduces the finding there and blocks; the old one stays what it was", async () => {
  const directory = repository({ ...REPOSITORY, ...BAD });
  const before = await judged(directory);
  write(directory, overlays(["a00"]));
  commit(directory, "change");
  const { code, findings } = await judged(directory, "--base", "main");
  expect(findings.map(shown)).toEqual([
    "existing deny base/web.yaml:14 reaches 11",
    "introduced deny overlays/a00/kustomization.yaml:1 reaches 0",
  ]);
  expect(findings[1]?.manifest.namespace).toBe("a00");
  expect(code).toBe(1);
  expect(findings[0]?.fingerprint).toBe(before.findings[0]?.fingerprint);
  expect(findings[1]?.fingerprint).not.toBe(findings[0]?.fingerprint);
  const after = await judged(directory);
  expect(after.findings.map(shown)).toEqual(["introduced deny base/web.yaml:14 reaches 12"]);
  expect(after.findings[0]?.fingerprint).toBe(before.findings[0]?.fingerprint);
});

test("an overlay that goes or repairs its object is fixed; what is left stays the finding that it was", async () => {
  const directory = repository({ ...REPOSITORY, ...BAD });
  const before = await judged(directory);
  git(directory, "rm", "--quiet", "-r", "overlays/c01");
  write(directory, {
    "overlays/c02/kustomization.yaml": `${overlay("c02", 1)}images: [{ name: web, newTag: "1.0" }]\n`,
  });
  commit(directory, "change");
  const { code, findings } = await judged(directory, "--base", "main");
  expect(findings.map(shown).toSorted()).toEqual([
    "existing deny base/web.yaml:14 reaches 9",
    "fixed deny base/web.yaml:14 reaches 2",
  ]);
  expect(code).toBe(0);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint))).toEqual(
    new Set(before.findings.map(({ fingerprint }) => fingerprint)),
  );
});

test("another value on the line is another finding, and a comment or a line above is not", async () => {
  const directory = repository({ ...REPOSITORY, ...BAD });
  const [before] = (await judged(directory)).findings;
  write(directory, { "base/web.yaml": `# reviewed\n${deployment("web:latest # to be pinned")}` });
  const [same] = (await judged(directory)).findings;
  expect([same?.location.line, same?.fingerprint]).toEqual([15, before?.fingerprint]);
  write(directory, { "base/web.yaml": deployment("other:latest") });
  expect((await judged(directory)).findings[0]?.fingerprint).not.toBe(before?.fingerprint);
});

test("where levels differ by environment there is one finding for each level", async () => {
  const directory = directoryWith({
    ...REPOSITORY,
    ...BAD,
    "portcullis.yaml": `${CONFIGURATION}apply:
${OVERLAYS.map((name, at) => `  - { path: overlays/${name}, as: kustomize, environment: ${at < 3 ? "test" : "production"} }`).join("\n")}
levels: { images/tag: deny }
environments: { test: { levels: { images/tag: warn } }, production: {} }
`,
  });
  const { findings } = await judged(directory);
  expect(findings.map((row) => `${shown(row)} in ${row.environments?.join(" ")}`).toSorted()).toEqual([
    "introduced deny base/web.yaml:14 reaches 8 in production",
    "introduced warn base/web.yaml:14 reaches 3 in test",
  ]);
});

test("two containers on one line are two findings, each in every overlay", async () => {
  const line = `apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: a, image: "x:latest" }, { name: b, image: "x:latest" }] }
`;
  const policy = POLICY.replace("input.spec.template.spec.containers", "input.spec.containers")
    .replace(': %s is no version", [', ' has no version", [')
    .replace(", container.image])", "])");
  const directory = directoryWith({ ...REPOSITORY, "policies/tag.rego": policy, "base/web.yaml": line });
  const { findings } = await judged(directory);
  expect(findings.map(shown)).toEqual(Array.from({ length: 2 }, () => "introduced deny base/web.yaml:4 reaches 11"));
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test("a line of a chart's template is one finding in three environments, and so is a line of its values that several objects take", async () => {
  const template = (kind: string, name: string): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: {{ .Values.prefix }}-${name}
  namespace: {{ .Release.Namespace }}
spec:
  template:
    spec:
      containers:
        - name: main
          image: {{ .Values.image }}
        - name: sidecar
          image: proxy:latest
`;
  const environments = ["dev", "test", "prod"];
  const directory = directoryWith({
    "portcullis.yaml": `${CONFIGURATION}apply:
${environments.map((name) => `  - { path: chart, as: helm, values: [${name}.yaml], namespace: shop-${name}, environment: ${name} }`).join("\n")}
environments: { dev: {}, test: {}, prod: {} }
`,
    "policies/tag.rego": POLICY,
    "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "chart/values.yaml": "prefix: x\nimage: shop:latest\n",
    "chart/templates/web.yaml": template("Deployment", "web"),
    "chart/templates/db.yaml": template("StatefulSet", "db"),
    ...Object.fromEntries(environments.map((name) => [`${name}.yaml`, `prefix: ${name}\n`])),
  });
  const { findings } = await judged(directory);
  expect(findings.map((row) => `${shown(row)} in ${row.environments?.join(" ")}`)).toEqual([
    "introduced deny chart/templates/db.yaml:13 reaches 3 in dev prod test",
    "introduced deny chart/templates/web.yaml:13 reaches 3 in dev prod test",
    "introduced deny chart/values.yaml:2 reaches 6 in dev prod test",
  ]);
});

test("the configuration that judges is accounted for, and not told as what was not judged", async () => {
  const directory = directoryWith(REPOSITORY);
  const { out } = await portcullis(directory, ["check", "--no-schemas", "-o", "json=report.json", "-o", "pretty"]);
  expect(out).toBe("Compliant\n11 manifests in 13 files judged by 1 policy · 0 findings\n");
  const { skipped } = JSON.parse(readFileSync(join(directory, "report.json"), "utf8")) as { readonly skipped: unknown };
  expect(skipped).toEqual([{ path: "portcullis.yaml", reason: "the configuration of Portcullis" }]);
});
