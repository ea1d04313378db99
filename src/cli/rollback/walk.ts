import {
  compareStates,
  hasObjects,
  manifestOf,
  type EnvironmentName,
  type TreeState,
} from "../../gate/rollback/environment-states.ts";
import { isRun } from "../../gate/rollback/ran-jobs.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { HistoryEnd } from "../../model/rollback.ts";
import type { BranchCommit, BranchHistory } from "./history.ts";

/** A state that an environment had, and the commit that brought it about. */
export interface Reached {
  readonly commit: BranchCommit;
  readonly state: TreeState;
  /** Jobs that this commit brought or changed. */
  readonly jobs: readonly Manifest[];
}

/** The last states of an environment, the one of now first. */
export interface Walk {
  readonly states: readonly Reached[];
  readonly end: HistoryEnd;
}

/** What a walk goes through, and how far. */
export interface WalkRequest {
  readonly history: BranchHistory;
  readonly environments: readonly EnvironmentName[];
  /** States before the one of now. */
  readonly limit: number;
  readonly read: (commit: string) => Promise<TreeState>;
}

interface OpenWalk {
  readonly states: Reached[];
  end?: HistoryEnd;
}

/** Follows a branch back until each environment has had so many other states. */
export async function walkStates(request: WalkRequest): Promise<ReadonlyMap<EnvironmentName, Walk>> {
  const { history, environments, limit, read } = request;
  const walks = new Map(environments.map((name): readonly [EnvironmentName, OpenWalk] => [name, { states: [] }]));
  let newer: TreeState | undefined;
  for (const [at, commit] of history.commits.entries()) {
    newer ??= await read(commit.commit);
    const next = history.commits[at + 1];
    const older = next === undefined ? undefined : await read(next.commit);
    for (const [name, walk] of walks) {
      if (walk.end === undefined) await step(walk, name, { commit, newer, older, end: history.end });
      if (walk.states.length > limit) walk.end ??= "limit";
    }
    if ([...walks.values()].every(({ end }) => end !== undefined)) break;
    newer = older;
  }
  return new Map([...walks].map(([name, { states, end = history.end }]) => [name, { states, end }]));
}

interface Step {
  readonly commit: BranchCommit;
  readonly newer: TreeState;
  readonly older: TreeState | undefined;
  readonly end: BranchHistory["end"];
}

async function step(walk: OpenWalk, name: EnvironmentName, { commit, newer, older, end }: Step): Promise<void> {
  if (older === undefined || !older.origins.has(name)) {
    walk.states.push({ commit, state: newer, jobs: [] });
    walk.end = older === undefined ? end : "began";
    return;
  }
  const { changes, unknown } = await compareStates(older, newer, name);
  if (changes.length === 0 && unknown.length === 0) return;
  // What had no object yet was no state to go back to.
  if (changes.every(({ kind }) => kind === "created") && !(await hasObjects(older, name))) walk.end = "began";
  const jobs = changes.filter(({ kind }) => kind !== "deleted").map(manifestOf);
  walk.states.push({ commit, state: newer, jobs: jobs.filter(isRun) });
}
