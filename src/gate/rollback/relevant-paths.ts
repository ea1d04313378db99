import type { SourceNode } from "../../model/source.ts";
import { isUnit } from "../reading.ts";
import type { EnvironmentName, TreeState } from "./environment-states.ts";

/** The files that decide what an environment has. */
export interface RelevantPaths {
  /** What its own sources read, where they are declared, and its plain files. */
  readonly own: ReadonlySet<string>;
  /** The same of the sources that declare these. */
  readonly declaring: ReadonlySet<string>;
  /** The files that hold the GitOps objects which lead to the environment. */
  readonly declarations: ReadonlySet<string>;
}

/** Finds the files of a tree that decide what an environment has there. */
export function relevantPaths({ state, origins }: TreeState, environment: EnvironmentName): RelevantPaths {
  const nodes = new Map(state.graph.sources.map((node) => [node.id, node]));
  const [own, declaring, declarations] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const of of origins.get(environment)?.values() ?? []) {
    if (!isUnit(of)) {
      own.add(of.entry.path);
      continue;
    }
    for (const path of of.covers) own.add(path);
    const node = nodes.get(of.source.id);
    for (const path of pathsOf(node)) own.add(path);
    if (node !== undefined) declarations.add(node.path);
    for (const parent of ancestors(node, nodes)) {
      for (const path of pathsOf(parent)) declaring.add(path);
      declarations.add(parent.path);
    }
  }
  return { own, declaring, declarations };
}

function pathsOf(node: SourceNode | undefined): readonly string[] {
  return node === undefined ? [] : [node.path, ...node.reads];
}

function ancestors(node: SourceNode | undefined, nodes: ReadonlyMap<string, SourceNode>): readonly SourceNode[] {
  const found = new Set<SourceNode>();
  for (let at = nodes.get(node?.parent ?? ""); at !== undefined && !found.has(at); at = nodes.get(at.parent ?? ""))
    found.add(at);
  return [...found];
}
