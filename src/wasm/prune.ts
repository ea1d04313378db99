import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const hour = 3_600_000;

/**
 * Deletes the oldest files of a directory, except the newest `keep` and those less than an hour old, which may be in
 * use. Never rejects: a file that another process deletes meanwhile is gone as well.
 */
export async function pruneDirectory(directory: string, keep: number): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  if (names.length <= keep) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return {
        path,
        changed: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const old = files.toSorted((a, b) => b.changed - a.changed).slice(keep);
  await Promise.all(
    old
      .filter(({ changed }) => changed < Date.now() - hour)
      .map(({ path }) => rm(path, { force: true }).catch(() => undefined)),
  );
}
