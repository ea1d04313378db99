import { carriers } from "./carriers.ts";
import type { Change } from "./change.ts";
import { covers } from "./covers.ts";
import type { Delivery, Files } from "./delivery.ts";
import { disguises } from "./disguises.ts";
import { randomOf } from "./random.ts";
import { makeRepository, type Repository } from "./repository.ts";
import { harmless, violations } from "./violations.ts";

/** A pull request at random, with what was done in it. */
export interface PullRequest {
  readonly repository: Repository;
  readonly head: Files;
  readonly deliveries: readonly Delivery[];
  /** Part of what the cluster gets is in no tree that the gate sees. */
  readonly unseen: boolean;
  readonly deed: string;
  readonly carrier: string;
  readonly disguises: readonly string[];
}

/** What is made: with a violation and one to three disguises, if nothing else is asked for. */
export interface Kind {
  readonly harmless?: boolean;
  readonly disguises?: number;
}

/** Makes the pull request of a number: the same one whenever it is asked for. */
export function makePullRequest(seed: number, index: number, kind: Kind = {}): PullRequest {
  const random = randomOf(seed, index);
  const repository = makeRepository(random);
  const target = random.pick(repository.apps);
  const name = random.pick(Object.keys(violations));
  const deed = kind.harmless === true ? { name: "harmless", act: harmless } : { name, act: violations[name]! };
  const cover = kind.disguises !== 0 && random.chance(0.3) ? random.pick(Object.keys(covers)) : undefined;
  const covered = cover !== undefined && covers[cover]!(repository, target, deed, random);
  let change: Change = {
    repository,
    target,
    head: new Map(repository.files),
    deliveries: repository.deliveries,
    carrier: target.workloadFile,
    unseen: new Set(),
  };
  let carrier = random.chance(0.3) ? "manifest" : random.pick(Object.keys(carriers));
  if (!carriers[carrier]!(change, deed, random)) {
    carrier = "manifest";
    carriers[carrier]!(change, deed, random);
  }
  const wanted = kind.disguises ?? 1 + random.int(3);
  const done: string[] = [];
  for (const disguise of random.shuffle(Object.keys(disguises))) {
    if (done.length === wanted) break;
    const earlier = { ...change, head: new Map(change.head), unseen: new Set(change.unseen) };
    if (!disguises[disguise]!(change, random)) continue;
    if (isPossible(change.head)) done.push(disguise);
    else change = earlier;
  }
  const { head, deliveries, unseen } = change;
  return {
    repository,
    head,
    deliveries,
    unseen: deliveries.some(({ name: delivered }) => unseen.has(delivered)),
    deed: deed.name,
    carrier,
    disguises: covered ? [`cover: ${cover}`, ...done] : done,
  };
}

/** Whether Git can hold these files: none is below another file or link. */
function isPossible(files: Files): boolean {
  return [...files.keys()].every((path) => {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (files.has(path.slice(0, at))) return false;
    return true;
  });
}
