import type { Problem } from "../model/problem.ts";
import { runGit } from "./run-git.ts";

/** A commit id, or why there is none. */
export type Resolution =
  | { readonly kind: "commit"; readonly id: string }
  | { readonly kind: "problem"; readonly problem: Problem };

/**
 * Finds the commit of a revision in a repository; if there is none, the problem suggests what was meant or what to
 * fetch.
 */
export async function resolveRevision(directory: string, revision: string): Promise<Resolution> {
  const id = await commitOf(directory, revision);
  if (id !== undefined) return { kind: "commit", id };
  const remote = `origin/${revision}`;
  const near = (await commitOf(directory, remote)) === undefined ? "" : `; did you mean "${remote}"?`;
  const shallow = (await runGit(directory, ["rev-parse", "--is-shallow-repository"])).stdout.trim() === "true";
  const fetch = near === "" && shallow ? ": this clone is shallow, fetch the revision first" : near;
  return { kind: "problem", problem: problem(`"${revision}" names no commit in ${directory}${fetch}`) };
}

async function commitOf(directory: string, revision: string): Promise<string | undefined> {
  if (revision === "" || revision.startsWith("-")) return undefined;
  const { code, stdout } = await runGit(directory, [
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ]);
  return code === 0 ? /^[0-9a-f]{40,64}$/m.exec(stdout)?.[0] : undefined;
}

/** A problem with Git itself, which concerns no file of the tree. */
export function problem(message: string): Problem {
  return { stage: "read", message };
}
