import type { SourceGraph, SourceNode } from "../../model/source.ts";
import { inert } from "../inert-text.ts";
import { sourceTrees, type SourceBranch } from "./tree.ts";

const shownReads = 4;

/** The graph for people: sources below those that declare them, then everything that is not rendered, then the sums. */
export function graphText(graph: SourceGraph): string {
  const gapsOf = new Map<string, number>();
  for (const { source } of graph.gaps) gapsOf.set(source, (gapsOf.get(source) ?? 0) + 1);
  const lines = sourceTrees(graph).flatMap((branch) => branchLines(branch, "", "", gapsOf));
  const gaps = graph.gaps.map(
    ({ source, path, line, reason }) => `  ${inert(`${source} (${path}:${line}): ${reason}`)}`,
  );
  return [
    ...(lines.length === 0 ? ["no source is rendered: every manifest is a plain file"] : lines),
    ...(gaps.length === 0 ? [] : ["", "not rendered, so not judged:", ...gaps]),
    "",
    sums(graph),
    "",
  ].join("\n");
}

function branchLines(
  { source, children }: SourceBranch,
  lead: string,
  below: string,
  gapsOf: ReadonlyMap<string, number>,
): readonly string[] {
  const reads = readsOf(source);
  const rail = children.length > 0 ? "│ " : "  ";
  return [
    `${lead}${inert(source.id)}  ${inert(factsOf(source, gapsOf.get(source.id) ?? 0).join(" · "))}`,
    ...(reads === undefined ? [] : [`${below}${rail}  ${inert(reads)}`]),
    ...children.flatMap((child, at) => {
      const last = at === children.length - 1;
      return branchLines(child, `${below}${last ? "└─" : "├─"} `, `${below}${last ? "   " : "│  "}`, gapsOf);
    }),
  ];
}

function factsOf({ kind, manifests, environments, traits, path, line }: SourceNode, gaps: number): readonly string[] {
  return [
    ...(kind === "kustomize" || kind === "helm" || kind === "directory" ? [kind] : [`${path}:${line}`]),
    manifests === undefined ? "not rendered" : plural(manifests, "manifest"),
    ...(environments.length === 0 ? [] : [`→ ${environments.join(", ")}`]),
    ...(traits?.suspended === true ? ["suspended"] : []),
    ...(traits?.prune === true ? ["prunes"] : []),
    ...(gaps === 0 ? [] : [plural(gaps, "gap")]),
  ];
}

function readsOf({ reads }: SourceNode): string | undefined {
  if (reads.length === 0) return undefined;
  const more = reads.length - shownReads;
  return `reads ${reads.slice(0, shownReads).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function sums({ sources, gaps }: SourceGraph): string {
  const rendered = sources.filter(({ manifests }) => manifests !== undefined);
  const environments = new Set(sources.flatMap((source) => source.environments));
  return [
    `${plural(sources.length, "source")}, ${rendered.length} rendered`,
    plural(
      rendered.reduce((sum, { manifests }) => sum + (manifests ?? 0), 0),
      "manifest",
    ),
    plural(environments.size, "environment"),
    plural(gaps.length, "gap"),
  ].join(" · ");
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
