import { failureOf } from "../../github/failure.ts";
import type { Place } from "../../github/pulls.ts";
import type { RepositoryClient } from "../../github/repository-client.ts";
import type { PassedState } from "../../store/passed.ts";
import type { UsesStore } from "../services.ts";
import { likenesses, type ChangedTrees } from "./differing-files.ts";
import { keepStates, type MirrorOfBranch } from "./keep-states.ts";
import type { RestorableState } from "./restorable-state.ts";

/** A change that may restore a state. `after` in `trees` is the id of a tree. */
export interface MayRestore extends MirrorOfBranch {
  readonly github: Pick<RepositoryClient, "readMergeBase">;
  readonly place: Place;
  readonly repository: number;
  readonly trees: ChangedTrees;
  /** By the rules in force; 0: nothing restores. */
  readonly days: number;
}

/** How many of the newest states a change is held against by Git, and how many of those by what they make of clusters. */
const STATES = 50;
const CANDIDATES = 5;

/**
 * The states of a branch that passed and that a change may restore, newest first: it leads to their very tree, or files that it
 * touches are as they were then. Only states that are still in the history of the branch count. What they had is known from
 * the store alone: nothing that the change brings, such as the message of a commit, decides anything.
 */
export async function restorableStates(
  { store }: UsesStore<"listPassed">,
  change: MayRestore,
): Promise<readonly RestorableState[]> {
  const { repository, branch, days, trees } = change;
  if (days === 0) return [];
  const states = await store.listPassed({ repository, branch, days, limit: STATES });
  if (states.length === 0) return [];
  const base = (await change.mirror.read(["rev-parse", "--verify", `${trees.before}^{tree}`])).trim();
  const others = states.filter(({ tree }) => tree !== base);
  for (const same of others.filter(({ tree }) => tree === trees.after))
    if (await isInHistory(change, same)) return [restorable(same, true)];
  const kept = (await keepStates(change, states, trees.before)).filter(({ tree }) => tree !== base);
  const alike = await likenesses(change.mirror, trees, distinct(kept.map(({ tree }) => tree)));
  const candidates = [
    ...kept.filter(({ tree }) => alike.get(tree) === "all"),
    ...kept.filter(({ tree }) => alike.get(tree) === "some"),
  ].slice(0, CANDIDATES);
  const found: RestorableState[] = [];
  for (const state of kept)
    if (candidates.includes(state) && (await isInHistory(change, state))) found.push(restorable(state, false));
  return found;
}

/** Whether a state is still in the history of the branch: one that a force push took away is nobody's to restore. */
async function isInHistory({ github, place, trees }: MayRestore, { commit }: PassedState): Promise<boolean> {
  try {
    return (await github.readMergeBase(place, trees.before, commit)) === commit;
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.kind === "gone" || failure?.kind === "refused") return false;
    throw error;
  }
}

function restorable({ commit, pull, mergedAt, had }: PassedState, isSame: boolean): RestorableState {
  return { commit, pull, mergedAt, isSame, had: [...had] };
}

function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}
