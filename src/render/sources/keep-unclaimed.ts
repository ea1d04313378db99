import type { Instance, Planning } from "./explore-objects.ts";

/** Where the search for sources starts: a Kustomize root, a chart, or a plain file with GitOps objects. */
export interface StartingPoint {
  readonly kind: "root" | "chart" | "file";
  /** The kustomization, Chart.yaml or file. A source that accounts for it claims the starting point. */
  readonly path: string;
}

/** A starting point with what it led to. */
export interface Explored {
  readonly start: StartingPoint;
  /** Of a root or chart: the source it is when rendered by itself. */
  readonly instance?: Instance;
  /** Of a plain file: its GitOps objects. */
  readonly plannings: readonly Planning[];
}

/** Everything that the unclaimed starting points led to. */
export interface Unclaimed {
  /** The starts that are left. */
  readonly starts: readonly StartingPoint[];
  /** With those that are not rendered by themselves, since they lead to a source that accounts for them. */
  readonly kept: readonly StartingPoint[];
  readonly instances: readonly Instance[];
  readonly plannings: readonly Planning[];
}

/**
 * Leaves out each starting point that a source of a kept one accounts for. Of several that account for each other, the
 * first is kept. One that only a source of a left-out starting point accounts for is kept. A root whose own objects lead
 * to a source that accounts for it (Flux managing itself) is kept as a starting point, but is not rendered by itself.
 */
export function keepUnclaimed(explored: readonly Explored[]): Unclaimed {
  const reached = new Map(explored.map((one) => [one, reach(one, one.start.path)]));
  const byPath = new Map<string, Explored[]>();
  for (const one of explored) byPath.set(one.start.path, [...(byPath.get(one.start.path) ?? []), one]);
  const claims = new Map<Explored, ReadonlySet<Explored>>();
  for (const [one, { instances }] of reached) {
    const others = new Set<Explored>();
    for (const instance of instances) {
      for (const path of instance.summary.accounts)
        for (const other of byPath.get(path) ?? []) if (other !== one) others.add(other);
    }
    claims.set(one, others);
  }
  const keeping = new Set<Explored>();
  // What was left out claims nothing: what only it accounted for is decided among the rest.
  for (let open = explored; open.length > 0;) {
    for (const one of firstUnclaimed(open, claims)) keeping.add(one);
    const claimed = new Set([...keeping].flatMap((one) => [...(claims.get(one) ?? [])]));
    open = open.filter((one) => !keeping.has(one) && !claimed.has(one));
  }
  const kept = explored.filter((one) => keeping.has(one));
  const instances = new Set<Instance>();
  const plannings = new Set<Planning>();
  for (const one of kept) {
    for (const instance of reached.get(one)?.instances ?? []) instances.add(instance);
    for (const planning of reached.get(one)?.plannings ?? []) plannings.add(planning);
  }
  const accounting = new Map<string, number>();
  for (const { summary } of instances)
    for (const path of summary.accounts) accounting.set(path, (accounting.get(path) ?? 0) + 1);
  const starts = kept.filter(({ instance, start }) => {
    if (instance === undefined) return true;
    const own = instance.summary.accounts.includes(start.path) ? 1 : 0;
    const isClaimed = (accounting.get(start.path) ?? 0) > own;
    if (isClaimed) instances.delete(instance);
    return !isClaimed;
  });
  return {
    starts: starts.map(({ start }) => start),
    kept: kept.map(({ start }) => start),
    instances: [...instances],
    plannings: [...plannings],
  };
}

/**
 * Keeps every starting point: `apply:` names each of them. One whose own objects lead to a source that accounts for it (Flux
 * managing itself) is not rendered by itself.
 */
export function keepAll(explored: readonly Explored[]): Unclaimed {
  const starts: StartingPoint[] = [];
  const instances = new Set<Instance>();
  const plannings = new Set<Planning>();
  for (const one of explored) {
    const led = reach(one, one.start.path);
    const others = [...led.instances].filter((instance) => instance !== one.instance);
    const managesItself = others.some(({ summary }) => summary.accounts.includes(one.start.path));
    if (one.instance === undefined || !managesItself) starts.push(one.start);
    for (const instance of managesItself ? others : led.instances) instances.add(instance);
    for (const planning of led.plannings) plannings.add(planning);
  }
  return { starts, kept: explored.map(({ start }) => start), instances: [...instances], plannings: [...plannings] };
}

/** All that came of a start; without `start`, whatever chain led there. */
export function reach(
  { instance, plannings }: Pick<Explored, "instance" | "plannings">,
  start?: string,
): { readonly instances: ReadonlySet<Instance>; readonly plannings: ReadonlySet<Planning> } {
  const instances = new Set<Instance>(instance === undefined ? [] : [instance]);
  const found = new Set<Planning>();
  const todo = [...plannings, ...(instance?.plannings ?? [])];
  for (let planning = todo.pop(); planning !== undefined; planning = todo.pop()) {
    if (found.has(planning) || (start !== undefined && !planning.starts.has(start))) continue;
    found.add(planning);
    todo.push(...planning.children);
    for (const next of planning.instances) {
      if (instances.has(next)) continue;
      instances.add(next);
      todo.push(...next.plannings);
    }
  }
  return { instances, plannings: found };
}

/** Those of the open starting points that no other leads to; of several that lead to each other, the first. */
function firstUnclaimed(
  open: readonly Explored[],
  claims: ReadonlyMap<Explored, ReadonlySet<Explored>>,
): readonly Explored[] {
  const openSet = new Set(open);
  const ends = new Map(open.map((one) => [one, closure(one, claims, openSet)]));
  const needless = new Set<Explored>();
  for (const one of open) {
    for (const other of ends.get(one) ?? []) {
      if (other === one) continue;
      const mutual = ends.get(other)?.has(one) === true;
      // Of starting points that account for each other the first is kept: the later ones have not been left out yet.
      if (!mutual || !needless.has(one)) needless.add(other);
    }
  }
  return open.filter((one) => !needless.has(one));
}

function closure(
  start: Explored,
  claims: ReadonlyMap<Explored, ReadonlySet<Explored>>,
  open: ReadonlySet<Explored>,
): ReadonlySet<Explored> {
  const found = new Set<Explored>();
  const todo = [...(claims.get(start) ?? [])];
  for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
    if (found.has(one) || !open.has(one)) continue;
    found.add(one);
    todo.push(...(claims.get(one) ?? []));
  }
  return found;
}
