import type { Instance, Planning } from "./follow-objects.ts";

/** Where finding sources starts: a Kustomize root or chart that may stand for itself, or a plain file with GitOps objects. */
export interface Seed {
  readonly kind: "root" | "chart" | "file";
  /** The kustomization, Chart.yaml, or the file: whoever accounts for it makes the seed needless. */
  readonly path: string;
}

/** A seed with all that came of it. */
export interface Sown {
  readonly seed: Seed;
  /** Of a root or chart: what it is by itself. */
  readonly instance?: Instance;
  /** Of a plain file: its objects. */
  readonly plannings: readonly Planning[];
}

/** What stands in the end: seeds that nothing else accounts for, with all that comes of them. */
export interface Harvest {
  readonly instances: readonly Instance[];
  readonly plannings: readonly Planning[];
}

/**
 * Leaves out seeds that what comes of others accounts for. Seeds that account for each other are kept by the first of
 * them. A root whose own objects lead to a source that accounts for it (Flux manages itself) still leads there, but is
 * no source by itself.
 */
export function harvest(sown: readonly Sown[]): Harvest {
  const reached = new Map(sown.map((one) => [one, reach(one)]));
  const bySeedPath = new Map<string, Sown[]>();
  for (const one of sown) bySeedPath.set(one.seed.path, [...(bySeedPath.get(one.seed.path) ?? []), one]);
  const leadsTo = new Map<Sown, ReadonlySet<Sown>>();
  for (const [one, { instances }] of reached) {
    const others = new Set<Sown>();
    for (const instance of instances) {
      for (const path of instance.outcome.accounts)
        for (const other of bySeedPath.get(path) ?? []) if (other !== one) others.add(other);
    }
    leadsTo.set(one, others);
  }
  const ends = new Map(sown.map((one) => [one, closure(one, leadsTo)]));
  const needless = new Set<Sown>();
  for (const one of sown) {
    for (const other of ends.get(one) ?? []) {
      if (other === one) continue;
      const mutual = ends.get(other)?.has(one) === true;
      // Of seeds that account for each other the first stands; the later ones have not been left out yet.
      if (!mutual || !needless.has(one)) needless.add(other);
    }
  }
  const kept = sown.filter((one) => !needless.has(one));
  const instances = new Set<Instance>();
  const plannings = new Set<Planning>();
  for (const one of kept) {
    for (const instance of reached.get(one)?.instances ?? []) instances.add(instance);
    for (const planning of reached.get(one)?.plannings ?? []) plannings.add(planning);
  }
  const accounting = new Map<string, number>();
  for (const { outcome } of instances)
    for (const path of outcome.accounts) accounting.set(path, (accounting.get(path) ?? 0) + 1);
  for (const { instance, seed } of kept) {
    if (instance === undefined) continue;
    const own = instance.outcome.accounts.includes(seed.path) ? 1 : 0;
    if ((accounting.get(seed.path) ?? 0) > own) instances.delete(instance);
  }
  return { instances: [...instances], plannings: [...plannings] };
}

function reach({ instance, plannings }: Sown): {
  readonly instances: ReadonlySet<Instance>;
  readonly plannings: ReadonlySet<Planning>;
} {
  const instances = new Set<Instance>(instance === undefined ? [] : [instance]);
  const found = new Set<Planning>();
  const todo = [...plannings, ...(instance?.plannings ?? [])];
  for (let planning = todo.pop(); planning !== undefined; planning = todo.pop()) {
    if (found.has(planning)) continue;
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

function closure(start: Sown, leadsTo: ReadonlyMap<Sown, ReadonlySet<Sown>>): ReadonlySet<Sown> {
  const found = new Set<Sown>();
  const todo = [...(leadsTo.get(start) ?? [])];
  for (let one = todo.pop(); one !== undefined; one = todo.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    todo.push(...(leadsTo.get(one) ?? []));
  }
  return found;
}
