import { statSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Editors write a file in more than one step. A run that began too early is followed by another one. */
const SETTLE_MS = 20;

/** Begins to watch files and directories. A run calls it before it reads them, so that no later edit is lost. */
export type Watch = (paths: readonly string[]) => void;

/** Calls `once`, and again after each change of what it watches, until interrupted. Returns the last exit code. */
export async function watchAndRepeat(once: (watch: Watch) => Promise<number>): Promise<number> {
  const watchers = new Map<string, FSWatcher>();
  let code = 2;
  let stopped = false;
  let changed = false;
  let wake = (): void => {};
  const notice = (): void => {
    changed = true;
    wake();
  };
  const open: Watch = (paths) => {
    for (const path of paths) if (!watchers.has(path)) openWatcher(path, watchers, notice);
  };
  process.once("SIGINT", () => {
    stopped = true;
    wake();
  });
  while (!stopped) {
    changed = false;
    try {
      code = await once(open);
    } catch (error) {
      code = 2;
      process.stderr.write(`error: ${(error as Error).message}\n`);
    }
    process.stderr.write("watching for changes; Ctrl-C ends\n");
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (changed || stopped) resolve();
    });
    while (changed && !stopped) {
      changed = false;
      await delay(SETTLE_MS);
    }
  }
  for (const watcher of watchers.values()) watcher.close();
  return code;
}

/**
 * Whether a run may read a file below a watched directory. What a run writes there itself, such as its output in a log,
 * must not start another one.
 */
function isRead(path: string): boolean {
  return /\.(?:rego|json|ya?ml)$|(?:^|[\\/])scenarios[\\/]|(?:^|[\\/])[^.\\/]+$/.test(path);
}

/** Watches a directory with all below it, or a file through its directory, since editors replace files. */
function openWatcher(path: string, watchers: Map<string, FSWatcher>, notice: () => void): void {
  try {
    const isDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    const name = basename(path);
    const watcher = isDirectory
      ? watch(path, { recursive: true }, (_event, changed) => {
          if (changed === null || isRead(changed)) notice();
        })
      : watch(dirname(path), (_event, changed) => {
          if (changed === null || changed === name) notice();
        });
    watchers.set(path, watcher);
    watcher.on("error", () => watchers.delete(path));
  } catch {
    // A path that is not there is a problem of the run.
  }
}
