import type { Gap, Source, SourceNode } from "../model/source.ts";
import type { Instance, Planning } from "./explore.ts";
import type { Outcome, ReadySource } from "./ready-source.ts";

/** A source under its final name, with what came of it. */
export interface TriedSource {
  readonly ready: ReadySource;
  readonly outcome: Outcome;
}

/** Gives every source an id of its own: what several environments have alike is told apart by them, else by where it is declared. */
export function assemble(instances: readonly Instance[], plannings: readonly Planning[]): readonly TriedSource[] {
  const alike = new Map<string, Instance[]>();
  for (const instance of instances) {
    const { id } = instance.ready.source;
    alike.set(id, [...(alike.get(id) ?? []), instance]);
  }
  const names = new Map<Instance, string>();
  for (const [id, same] of alike) {
    const ways: readonly ((source: Source) => string)[] = [
      () => id,
      ({ environments }) => (environments.length === 0 ? id : `${id} (${environments.join(", ")})`),
      ({ path }) => `${id} (${path})`,
      ({ path, line }) => `${id} (${path}:${line})`,
    ];
    const sources = same.map(({ ready }) => ready.source);
    const way = ways.find((name) => new Set(sources.map(name)).size === same.length);
    for (const [at, instance] of same.entries())
      names.set(instance, way?.(instance.ready.source) ?? `${id} (${at + 1})`);
  }
  const parents = new Map<Instance, Instance>();
  for (const parent of instances) {
    for (const planning of parent.plannings) for (const child of childrenOf(planning)) parents.set(child, parent);
  }
  const kept = new Set(plannings.flatMap(childrenOf));
  return instances
    .map((instance): TriedSource => {
      const { parent: planned, ...source } = instance.ready.source;
      const parent = parents.get(instance);
      // A generated object's parent is an object that yields nothing by itself; it keeps that name.
      const named = parent !== undefined && planned === parent.ready.source.id ? names.get(parent) : planned;
      const final: Source = {
        ...source,
        id: names.get(instance) ?? source.id,
        ...(named === undefined || (!kept.has(instance) && parent === undefined) ? {} : { parent: named }),
      };
      const gaps = instance.outcome.gaps.map((gap): Gap => ({ ...gap, source: final.id }));
      return { ready: instance.ready.as(final), outcome: { ...instance.outcome, gaps } };
    })
    .toSorted((one, other) => (one.ready.source.id < other.ready.source.id ? -1 : 1));
}

function childrenOf(planning: Planning): readonly Instance[] {
  return [...planning.instances, ...planning.children.flatMap(childrenOf)];
}

/** Sources as the graph shows them. */
export function nodesOf(tried: readonly TriedSource[]): readonly SourceNode[] {
  return tried.map(({ ready, outcome }) => ({
    ...ready.source,
    reads: [...new Set(ready.reads.filter(({ id }) => id !== undefined).map(({ path }) => path))].toSorted(),
    ...(outcome.failed || ready.stopped ? {} : { manifests: outcome.manifests }),
  }));
}
