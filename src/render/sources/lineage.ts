import type { Instance, Planning } from "./explore-objects.ts";
import type { Unclaimed } from "./keep-unclaimed.ts";

/** What led to a source. */
export interface Lineage {
  /** Keys of the source itself and of every source that led to it. */
  readonly owners: ReadonlySet<string>;
  /** The files in which those chains start. */
  readonly starts: readonly string[];
}

/** Makes the function that finds what led to a source. */
export function lineageOf({
  instances,
  plannings,
}: Pick<Unclaimed, "instances" | "plannings">): (instance: Instance) => Lineage {
  const parents = new Map<Instance, Set<Instance>>();
  const starts = new Map<Instance, Set<string>>();
  const kept = new Set(plannings);
  const owned = new Set<Planning>();
  const each = (planning: Planning, visit: (planning: Planning) => void): void => {
    visit(planning);
    for (const child of planning.children) each(child, visit);
  };
  for (const owner of instances)
    for (const outer of owner.plannings)
      each(outer, (planning) => {
        owned.add(planning);
        if (!kept.has(planning)) return;
        for (const child of planning.instances) if (child !== owner) add(parents, child, owner);
      });
  for (const planning of plannings)
    if (!owned.has(planning))
      for (const child of planning.instances) add(starts, child, planning.object.manifest.position.path);
  return (instance) => {
    const owners = new Set<Instance>();
    const from = new Set<string>();
    const todo = [instance];
    for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
      if (owners.has(one)) continue;
      owners.add(one);
      const above = [...(parents.get(one) ?? [])];
      const own = [...(starts.get(one) ?? [])];
      for (const path of own) from.add(path);
      // A root or chart that is a source by itself.
      if (above.length === 0 && own.length === 0) from.add(one.plannedSource.source.path);
      todo.push(...above);
    }
    return { owners: new Set([...owners].map(({ key }) => key)), starts: [...from] };
  };
}

function add<Key, Item>(map: Map<Key, Set<Item>>, key: Key, item: Item): void {
  const held = map.get(key);
  if (held === undefined) map.set(key, new Set([item]));
  else held.add(item);
}
