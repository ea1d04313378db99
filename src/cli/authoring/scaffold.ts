/** A new policy: its id in parts, and the kind that its first rule is about. */
export interface Scaffold {
  readonly category: string;
  readonly name: string;
  readonly kind: ScaffoldKind;
  /** Default: that the kind has a label with the name of the policy. */
  readonly title?: string;
}

/** The kinds that a new policy can begin with, and their API versions. */
export const scaffoldKinds = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  Pod: "v1",
  Service: "v1",
  Ingress: "networking.k8s.io/v1",
  ConfigMap: "v1",
  Namespace: "v1",
} as const;

export type ScaffoldKind = keyof typeof scaffoldKinds;

/** Words that Rego keeps to itself, so that no package can have them as a name. */
const KEYWORDS = new Set(
  "as contains data default else every false if import in input not null package some true with".split(" "),
);

/** Reads `category/name`; returns what is wrong with it as text. */
export function readId(id: string): { readonly category: string; readonly name: string } | string {
  const expected = 'expected category/name in lower case, such as "workloads/owner"';
  const match = /^([a-z0-9]+(?:-[a-z0-9]+)*)\/([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(id);
  const [, category, name] = match ?? [];
  if (category === undefined || name === undefined) return expected;
  for (const part of [category, name]) {
    if (/^\d/.test(part)) return `${part} begins with a digit, which a Rego package cannot; ${expected}`;
    if (KEYWORDS.has(part)) return `${part} is a keyword of Rego, which a package cannot be named after; ${expected}`;
  }
  return { category, name };
}

/**
 * The files of a new policy by name, below its own directory: a rule that works, its tests, fixtures and page. They pass
 * `portcullis test` and `portcullis lint` as they are.
 */
export function scaffold(of: Scaffold): { readonly [path: string]: string } {
  return {
    "policy.rego": policy(of),
    "policy_test.rego": policyTest(of),
    "fixtures/accepted-labelled.yaml": manifest(of, [`    ${of.name}: search`]),
    "fixtures/rejected-no-label.yaml": manifest(of, []),
    "README.md": page(of),
  };
}

function titleOf({ kind, name, title }: Scaffold): string {
  return title ?? `Every ${kind} has the label ${name}`;
}

/** As YAML: quoted only where it must be. */
function yamlText(text: string): string {
  return /^[A-Za-z][\w ,./'-]*$/.test(text) ? text : JSON.stringify(text);
}

function packageOf({ category, name }: Scaffold): string {
  return `${category}.${name}`.replaceAll("-", "_");
}

/** The reference to the label, as `opa fmt` writes it. */
function label({ name }: Scaffold): string {
  return name.includes("-") ? `labels[${JSON.stringify(name)}]` : `labels.${name}`;
}

const DOCS = "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/";

function policy(of: Scaffold): string {
  return `# METADATA
# title: ${yamlText(titleOf(of))}
# description: >-
#   Say why this matters, and what the author of a manifest has to do.
#   Add the label \`${of.name}\`.
# related_resources:
# - ref: ${DOCS}
# custom:
#   id: ${of.category}/${of.name}
#   severity: medium
#   level: deny
package ${packageOf(of)}

import rego.v1

# \`input\` is one manifest. A report names the object and the line: the message says what is wrong.
deny contains message if {
	input.kind == ${JSON.stringify(of.kind)}
	not input.metadata.${label(of)}
	message := "there is no label ${of.name}"
}
`;
}

function policyTest(of: Scaffold): string {
  const rules = packageOf(of).split(".")[1];
  const other = of.kind === "ConfigMap" ? "Secret" : "ConfigMap";
  return `package ${packageOf(of)}_test

import rego.v1

import data.${packageOf(of)}

manifest(labels) := {"kind": ${JSON.stringify(of.kind)}, "metadata": {"name": "web", "labels": labels}}

test_a_missing_label_is_denied if {
	${rules}.deny == {"there is no label ${of.name}"} with input as manifest({})
}

test_a_label_is_accepted if {
	count(${rules}.deny) == 0 with input as manifest({${JSON.stringify(of.name)}: "search"})
}

test_other_kinds_are_accepted if {
	count(${rules}.deny) == 0 with input as {"kind": "${other}", "metadata": {"name": "web"}}
}
`;
}

/** A manifest of the kind, with these lines below its labels; without any the labels are marked as the finding. */
function manifest({ kind }: Scaffold, labels: readonly string[]): string {
  const marked = labels.length === 0 ? " # finding" : "";
  const lines = [
    `apiVersion: ${scaffoldKinds[kind]}`,
    `kind: ${kind}`,
    "metadata:",
    "  name: web",
    `  labels:${marked}`,
    "    app: web",
    ...labels,
    ...body(kind),
  ];
  return `${lines.join("\n")}\n`;
}

const POD = ["containers:", "  - name: web", "    image: registry.example.com/web:1.4.2"];
const indent = (by: number, lines: readonly string[]): readonly string[] =>
  lines.map((line) => `${" ".repeat(by)}${line}`);
const TEMPLATE = ["template:", "  metadata:", "    labels:", "      app: web", "  spec:", ...indent(4, POD)];
const SELECTOR = ["selector:", "  matchLabels:", "    app: web"];
const JOB = ["template:", "  spec:", "    restartPolicy: Never", ...indent(4, POD)];

/** The rest of a manifest that the API server would take. */
function body(kind: ScaffoldKind): readonly string[] {
  switch (kind) {
    case "Deployment":
    case "DaemonSet":
      return ["spec:", ...indent(2, [...SELECTOR, ...TEMPLATE])];
    case "StatefulSet":
      return ["spec:", ...indent(2, ["serviceName: web", ...SELECTOR, ...TEMPLATE])];
    case "Job":
      return ["spec:", ...indent(2, JOB)];
    case "CronJob":
      return ["spec:", '  schedule: "0 3 * * *"', "  jobTemplate:", "    spec:", ...indent(6, JOB)];
    case "Pod":
      return ["spec:", ...indent(2, POD)];
    case "Service":
      return ["spec:", "  selector:", "    app: web", "  ports:", "    - port: 80"];
    case "Ingress":
      return ["spec:", "  defaultBackend:", "    service:", "      name: web", "      port:", "        number: 80"];
    case "ConfigMap":
      return ["data:", '  greeting: "hello"'];
    case "Namespace":
      return [];
    default:
      return kind satisfies never;
  }
}

function page(of: Scaffold): string {
  return `# ${of.category}/${of.name}

${titleOf(of)}.

| | |
|---|---|
| severity | medium |
| level | deny |
| Kubernetes documentation | <${DOCS}> |

## Why

Say why this matters.

## What is denied

A ${of.kind} without the label \`${of.name}\`.

## How to fix

Add the label \`${of.name}\`.
`;
}
