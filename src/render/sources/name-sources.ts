import type { Gap, Source, SourceNode } from "../../model/source.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Read } from "../steps/step.ts";
import type { Instance, Planning } from "./explore-objects.ts";
import type { RenderSummary, PlannedSource } from "./planned-source.ts";

/** A source under its final name, with its summary. */
export interface NamedSource {
  readonly plannedSource: PlannedSource;
  readonly summary: RenderSummary;
}

/** Gives every source an id of its own: what several environments have alike is told apart by them, else by where it is declared. */
export function nameSources(
  own: readonly Instance[],
  carriedOver: readonly Instance[],
  plannings: readonly Planning[],
): readonly NamedSource[] {
  const names = distinctNames(own);
  const taken = new Set(names.values());
  const doubled = new Set<Instance>();
  for (const [instance, name] of distinctNames(carriedOver)) {
    if (taken.has(name)) doubled.add(instance);
    names.set(instance, taken.has(name) ? `${name} (before this change)` : name);
  }
  const isCarriedOver = new Set(carriedOver);
  const instances = [...own, ...carriedOver];
  const parents = parentsOf(instances, plannings, names);
  return instances
    .map((instance): NamedSource => {
      const { parent: _, ...source } = instance.plannedSource.source;
      const parent = parents.get(instance);
      const id = names.get(instance) ?? source.id;
      const gaps = instance.summary.gaps.map((gap): Gap => ({ ...gap, source: id }));
      return {
        plannedSource: instance.plannedSource.as({
          ...source,
          id,
          // What stands beside its successor is not what it was.
          ...(id === source.id || doubled.has(instance) ? {} : { name: source.id }),
          ...(parent === undefined ? {} : { parent }),
          ...(isCarriedOver.has(instance) ? { carriedOver: true } : {}),
        }),
        summary: { ...instance.summary, gaps },
      };
    })
    .toSorted((one, other) => (one.plannedSource.source.id < other.plannedSource.source.id ? -1 : 1));
}

function distinctNames(instances: readonly Instance[]): Map<Instance, string> {
  const alike = new Map<string, Instance[]>();
  for (const instance of instances) {
    const { id } = instance.plannedSource.source;
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
    const sources = same.map(({ plannedSource }) => plannedSource.source);
    const way = ways.find((name) => new Set(sources.map(name)).size === same.length);
    for (const [at, instance] of same.entries())
      names.set(instance, way?.(instance.plannedSource.source) ?? `${id} (${at + 1})`);
  }
  return names;
}

function parentsOf(
  instances: readonly Instance[],
  plannings: readonly Planning[],
  names: ReadonlyMap<Instance, string>,
): ReadonlyMap<Instance, string> {
  const parents = new Map<Instance, string>();
  // A generated object's parent keeps its name: it is not a source itself.
  const adopt = (planning: Planning, owner: Instance | undefined, generator?: string): void => {
    const name = generator ?? (owner === undefined ? undefined : names.get(owner));
    for (const child of planning.instances) if (name !== undefined && child !== owner) parents.set(child, name);
    for (const generated of planning.children) adopt(generated, owner, generated.object.parent);
  };
  for (const planning of plannings) adopt(planning, undefined);
  for (const owner of instances) for (const planning of owner.plannings) adopt(planning, owner);
  return parents;
}

/** The nodes of the source graph. */
export function nodesOf(
  named: readonly NamedSource[],
  { fetchedAt }: Pick<TreeFiles, "fetchedAt">,
): readonly SourceNode[] {
  const isRead = ({ id, path }: Read): boolean => id !== undefined && fetchedAt(path) === undefined;
  return named.map(({ plannedSource, summary }) => ({
    ...plannedSource.source,
    reads: [...new Set(plannedSource.reads.filter(isRead).map(({ path }) => path))].toSorted(),
    ...(summary.state === "rendered" ? { manifests: summary.manifests } : {}),
  }));
}
