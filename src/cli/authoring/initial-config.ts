import { inert } from "../../report/inert-text.ts";
import type { Survey } from "./survey.ts";

/** What a first configuration is written from. */
export interface InitialConfig {
  readonly survey: Survey;
  /** The directory of policies, where there is one. */
  readonly policies?: string;
  readonly hasFixtures: boolean;
  /** `clusters:` and `apply:` as `graph --suggest` writes them. */
  readonly clusters: string;
  readonly apply: string;
}

/** portcullis.yaml for a repository, with a comment for each key and for what was found. */
export function initialConfig({ survey, policies, hasFixtures, clusters, apply }: InitialConfig): string {
  const own = policies === undefined ? "" : `${policies}, `;
  return [
    `# How Portcullis judges this repository. Every key is described in docs/configuration.md.
version: 1

# Which policies judge: directories of Rego files, and the library that ships.
policies: [${own}"@portcullis/library"]
`,
    hasFixtures || policies !== undefined
      ? `
# Which files are judged. Fixtures of policies are bad on purpose.
manifests:
  exclude: ["${policies ?? "policies"}/**/fixtures/**"]
`
      : `
# Which files are judged: everything. To leave files out: { exclude: ["vendor/**"] }
manifests:
  include: ["**"]
`,
    `
# report shows findings and lets changes through; enforce blocks them. Start with report, and switch when you are ready.
mode: report

# introduced: only what a change makes worse blocks; all: what was there before blocks too.
block: introduced

# The level of single policies: deny, warn, info or off.
# levels:
#   images/tag: warn
`,
    foundBlock(survey),
    schemasBlock(survey),
    suggested(
      "Which clusters Argo CD knows. Check the values, then remove the leading `# `.",
      clusters.replaceAll(/^# (?!check:).*\n/gm, ""),
    ),
    suggested(
      "What is applied, and how. Without this key Portcullis finds it out, and this is what it found. With it, only what\n# is listed here is judged: remove the leading `# ` to fix the list.",
      apply,
    ),
  ].join("");
}

function foundBlock({ argocd, flux, overlays, charts }: Survey): string {
  const lines = [
    ...count(argocd, "object of Argo CD", "objects of Argo CD"),
    ...count(flux, "object of Flux", "objects of Flux"),
    ...count(overlays, "overlay", "overlays"),
    ...count(charts, "Helm chart", "Helm charts"),
  ];
  if (lines.length === 0) return "";
  return `
# Found in this repository, rendered and judged as they will be applied:
${lines.map((line) => `#   ${line}\n`).join("")}`;
}

function schemasBlock({ crds }: Survey): string {
  const found = crds.length === 0 ? "" : ` and of ${crds.length} CRD${crds.length === 1 ? "" : "s"} in this repository`;
  return `
# Manifests are validated against the schemas of Kubernetes${found}. To fix the version of
# your clusters: { kubernetes: "1.34" }
schemas: on
`;
}

function count(names: readonly string[], one: string, many: string): readonly string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 3).map((name) => inert(name).trim());
  const more = names.length > 3 ? `, and ${names.length - 3} more` : "";
  return [`${names.length} ${names.length === 1 ? one : many}: ${shown.join(", ")}${more}`];
}

/** A block that a person has to read before it holds: every line is a comment. */
function suggested(heading: string, block: string): string {
  const lines = block.split("\n").filter((line) => line !== "");
  if (lines.length === 0 || block.startsWith("# nothing is applied")) return "";
  return `
# ${heading}
${lines.map((line) => `# ${line}\n`).join("")}`;
}
