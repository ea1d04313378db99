import type { SourceGraph, SourceNode } from "../../model/source.ts";

/** A source with those that its manifests declare. */
export interface SourceBranch {
  readonly source: SourceNode;
  readonly children: readonly SourceBranch[];
}

/** The sources as trees: below each the ones it declares. A source whose parent is not there, or that is its own ancestor, is at the top. */
export function sourceTrees({ sources }: SourceGraph): readonly SourceBranch[] {
  const known = new Map(sources.map((source) => [source.id, source]));
  const children = new Map<string, SourceNode[]>();
  const top: SourceNode[] = [];
  for (const source of sources) {
    if (source.parent === undefined || !known.has(source.parent) || isOwnAncestor(source, known)) top.push(source);
    else children.set(source.parent, [...(children.get(source.parent) ?? []), source]);
  }
  const branch = (source: SourceNode): SourceBranch => ({
    source,
    children: (children.get(source.id) ?? []).map(branch),
  });
  return top.map(branch);
}

function isOwnAncestor(source: SourceNode, known: ReadonlyMap<string, SourceNode>): boolean {
  const seen = new Set<string>();
  for (let at = source.parent; at !== undefined && !seen.has(at); at = known.get(at)?.parent) {
    if (at === source.id) return true;
    seen.add(at);
  }
  return false;
}
