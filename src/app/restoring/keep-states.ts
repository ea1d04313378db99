import type { PassedState } from "../../store/passed.ts";
import type { Remote } from "../../tree/git-environment.ts";
import type { Mirror } from "../mirror/mirror.ts";

/** From so many commits on, those that are kept and no longer asked for are let go. */
const MOST_OLD = 20;

/** A mirror, and what it is asked for. */
export interface MirrorOfBranch {
  readonly mirror: Pick<Mirror, "fetch" | "pin" | "read" | "unpin">;
  readonly remote: Remote;
  readonly job: string;
  readonly branch: string;
  readonly signal: AbortSignal;
}

/**
 * The states whose commits the mirror has, after it was asked to fetch and keep those that it lacks. `base`, which it has, is
 * kept without that, so that states are kept as they come. One that GitHub no longer has, or that cannot be fetched now, is
 * left out.
 */
export async function keepStates(
  { mirror, remote, job, branch, signal }: MirrorOfBranch,
  states: readonly PassedState[],
  base: string,
): Promise<readonly PassedState[]> {
  const folder = `passed/${branch}`;
  const listed = await mirror.read(["for-each-ref", "--format=%(objectname)", `refs/portcullis/kept/${folder}/`]);
  const kept = new Set(listed.split("\n").filter((line) => line !== ""));
  for (const { commit } of states.filter((state) => state.commit === base && !kept.has(base))) {
    await mirror.pin(`${folder}/${commit}`, commit);
    kept.add(commit);
  }
  const missing = states.filter(({ commit }) => !kept.has(commit));
  if (missing.length > 0) {
    const sources = Object.fromEntries(missing.map(({ commit }, at) => [`passed-${at}`, commit]));
    const outcome = await mirror.fetch(remote, job, sources, signal);
    if (outcome.kind === "fetched")
      for (const { commit } of missing) {
        await mirror.pin(`${folder}/${commit}`, commit);
        kept.add(commit);
      }
  }
  const old = [...kept].filter((commit) => !states.some((state) => state.commit === commit));
  if (old.length > MOST_OLD) for (const commit of old) await mirror.unpin(`${folder}/${commit}`);
  return states.filter(({ commit }) => kept.has(commit));
}
