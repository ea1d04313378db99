import { isSameState, type EnvironmentName, type TreeState } from "../../gate/rollback/environment-states.ts";
import { relevantPaths } from "../../gate/rollback/relevant-paths.ts";
import { directoryTree } from "../../tree/directory-tree.ts";
import { leftOutOf } from "../../tree/left-out.ts";
import { runGit } from "../../tree/run-git.ts";
import { UsageError } from "../usage-error.ts";
import type { Session } from "./session.ts";
import type { WayBack } from "./way-back.ts";

/** What is written, and what the work tree must make of it. */
export interface WriteRequest {
  readonly session: Session;
  readonly environment: EnvironmentName;
  readonly commit: string;
  readonly now: TreeState;
  readonly old: TreeState;
  readonly way: WayBack;
}

/**
 * Takes the files of a way back into the work tree and the index, and commits nothing. Refuses where a file that decides about
 * the environment has uncommitted changes. Afterwards the work tree must make the old state.
 */
export async function writeRollback(request: WriteRequest): Promise<void> {
  const { session, environment, commit, now, old, way } = request;
  const { root } = session.repository;
  await refuseOtherHead(root, session.base.commit);
  const deciding = [now, old].flatMap((one) => {
    const { own, declaring } = relevantPaths(one, environment);
    return [...own, ...declaring];
  });
  await refuseDirty(root, new Set([...deciding, ...way.paths]));
  const { code, stderr } = await runGit(
    root,
    ["restore", `--source=${commit}`, "--staged", "--worktree", "--pathspec-from-file=-", "--pathspec-file-nul"],
    { input: [...way.paths].join("\0") },
  );
  if (code !== 0) throw new UsageError(`git restore failed: ${stderr}`);
  const { holds } = await leftOutOf(root, []);
  const written = await session.read(directoryTree(root, { leftOut: holds }));
  if (!(await isSameState(written, old, environment)))
    throw new UsageError(
      `the files are written, and yet the work tree does not make the state of ${commit.slice(0, 12)}: other files in it differ from the commit`,
    );
}

async function refuseOtherHead(root: string, commit: string): Promise<void> {
  const bare = (await runGit(root, ["rev-parse", "--is-bare-repository"])).stdout.trim() === "true";
  if (bare) throw new UsageError("--write needs a work tree, and this repository has none");
  const head = (await runGit(root, ["rev-parse", "HEAD"])).stdout.trim();
  if (head !== commit)
    throw new UsageError(
      `--write changes the work tree of ${head.slice(0, 12)}, but what goes back is ${commit.slice(0, 12)}: check it out first (git switch)`,
    );
}

async function refuseDirty(root: string, paths: ReadonlySet<string>): Promise<void> {
  const args = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching"];
  const { code, stdout, stderr } = await runGit(root, args);
  if (code !== 0) throw new UsageError(`the work tree cannot be examined: ${stderr}`);
  const dirty = stdout
    .split("\0")
    .map((line) => line.slice(3))
    .filter((path) => path !== "");
  const inTheWay = [...paths].filter((path) =>
    dirty.some((one) => one === path || (one.endsWith("/") && path.startsWith(one))),
  );
  if (inTheWay.length === 0) return;
  const shown = inTheWay.toSorted().slice(0, 3).join(", ");
  const more = inTheWay.length > 3 ? ` and ${inTheWay.length - 3} more` : "";
  throw new UsageError(
    `nothing is written: ${shown}${more} ${inTheWay.length === 1 ? "has" : "have"} uncommitted changes; commit or stash them first`,
  );
}
