import { watch, type FSWatcher } from "node:fs";

const SETTLE_MS = 150;

/**
 * Calls `run`, and again after each change below the directories that it returns, until interrupted. Returns the last
 * exit code.
 */
export async function watchAndRepeat(
  once: () => Promise<{ readonly code: number; readonly watched: readonly string[] }>,
): Promise<number> {
  let code = 2;
  let stopped = false;
  process.once("SIGINT", () => (stopped = true));
  while (!stopped) {
    let watched: readonly string[] = ["."];
    try {
      ({ code, watched } = await once());
    } catch (error) {
      code = 2;
      process.stderr.write(`error: ${(error as Error).message}\n`);
    }
    process.stderr.write("watching for changes; Ctrl-C ends\n");
    await change(watched, () => stopped);
  }
  return code;
}

/** Resolves once files have changed and then stayed unchanged for a moment, or when interrupted. */
function change(directories: readonly string[], stopped: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watchers: FSWatcher[] = [];
    let settle: NodeJS.Timeout | undefined;
    const end = (): void => {
      for (const watcher of watchers) watcher.close();
      process.off("SIGINT", end);
      resolve();
    };
    const onChange = (): void => {
      clearTimeout(settle);
      settle = setTimeout(end, SETTLE_MS);
    };
    process.once("SIGINT", end);
    if (stopped()) return end();
    for (const directory of new Set(directories)) watchers.push(watch(directory, { recursive: true }, onChange));
  });
}
