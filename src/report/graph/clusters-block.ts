import type { SuggestedCluster, SuggestedClusters } from "../../model/suggested-clusters.ts";
import { inert } from "../inert-text.ts";

const heading = `# Which clusters Argo CD knows is not in this repository. These are those that ApplicationSets name or that their paths
# lead to. Check each, and add what is missing. Where destinations or projects name a server, write that server.
`;

/** `clusters:` as portcullis.yaml has it, with comments; empty where no ApplicationSet needs it. */
export function clustersBlock({ clusters, unresolved }: SuggestedClusters): string {
  if (clusters.length === 0) return "";
  return [heading, ...unresolved.map((one) => comment(0, `check: ${one}`)), "clusters:\n", ...clusters.map(entry)].join(
    "",
  );
}

function entry({
  name,
  server,
  labels,
  annotations,
  applicationSets,
  why,
  notes,
  ...unknown
}: SuggestedCluster): string {
  const record = (key: string, values: { readonly [name: string]: string }): readonly string[] =>
    Object.keys(values).length === 0
      ? []
      : [
          `    ${key}:\n`,
          ...Object.entries(values).map(
            ([one, value]) => `      ${JSON.stringify(one)}: ${JSON.stringify(value)}${trailing(notes[one])}`,
          ),
        ];
  return [
    ...why.map((one) => comment(2, one)),
    `  - name: ${JSON.stringify(name)}${trailing(unknown.isNameUnknown && "made up: write its name")}`,
    `    server: ${JSON.stringify(server)}${trailing(unknown.isServerUnknown && "made up: nothing tells it")}`,
    ...record("labels", labels),
    ...record("annotations", annotations),
    ...(applicationSets === undefined
      ? []
      : ["    applicationSets:\n", ...applicationSets.map((one) => `      - ${JSON.stringify(one)}\n`)]),
  ].join("");
}

function comment(indent: number, text: string): string {
  return `${" ".repeat(indent)}# ${inert(text)}\n`;
}

function trailing(text: string | false | undefined): string {
  return text === undefined || text === false ? "\n" : ` # ${inert(text)}\n`;
}
