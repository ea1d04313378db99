import { isSameState, type EnvironmentName, type TreeState } from "../../gate/rollback/environment-states.ts";
import { relevantPaths } from "../../gate/rollback/relevant-paths.ts";

/** Files that bring an environment back to a state, and the tree that they make of the one of now. */
export interface WayBack {
  readonly paths: ReadonlySet<string>;
  readonly state: TreeState;
}

/** What a way back leads from and to. */
export interface WayRequest {
  readonly now: TreeState;
  readonly old: TreeState;
  readonly environment: EnvironmentName;
  /** Paths that differ between the two. */
  readonly changed: ReadonlySet<string>;
  /** Paths that are no part of the desired state: the rules of the gate. */
  readonly isRule: (path: string) => boolean;
  /** The tree of now with these paths as they were. */
  readonly restored: (paths: ReadonlySet<string>) => Promise<TreeState>;
}

/**
 * The fewest files that bring an environment back, as far as its sources tell: those that it reads, then with those that declare
 * its sources, then all that differ. Undefined where none of them does: what it takes is not in the files.
 */
export async function findWayBack(request: WayRequest): Promise<WayBack | undefined> {
  const { now, old, environment, changed, isRule, restored } = request;
  const [here, there] = [relevantPaths(now, environment), relevantPaths(old, environment)];
  const own = new Set([...here.own, ...there.own]);
  const declared = new Set([...own, ...here.declaring, ...there.declaring]);
  const choices: readonly ((path: string) => boolean)[] = [
    (path) => own.has(path),
    (path) => declared.has(path),
    (path) => !isRule(path),
    () => true,
  ];
  let tried = 0;
  for (const isChosen of choices) {
    const paths = new Set([...changed].filter(isChosen));
    if (paths.size === tried) continue;
    tried = paths.size;
    const state = await restored(paths);
    if (await isSameState(state, old, environment)) return { paths, state };
  }
  return undefined;
}
