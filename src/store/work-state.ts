import type { Queries } from "./database.ts";
import type { Subject } from "./work.ts";

/**
 * How often work was asked for, if all of that is done; undefined while some of it waits or runs. The same number later
 * means that nothing was done in between.
 */
export async function findIdleVersion(queries: Queries, key: string): Promise<number | undefined> {
  const [row] = await queries.query<{ wanted: string | number; idle: boolean }>(
    "select wanted, wanted <= done as idle from portcullis.work where key = $1",
    [key],
  );
  if (row === undefined) return 0;
  return row.idle ? Number(row.wanted) : undefined;
}

/** Whether work waits or runs. */
export async function isWaiting(queries: Queries, key: string): Promise<boolean> {
  const rows = await queries.query("select key from portcullis.work where key = $1 and wanted > done", [key]);
  return rows.length > 0;
}

/** The subject of the work with this key. */
export async function findSubject(queries: Queries, key: string): Promise<Subject | undefined> {
  const [row] = await queries.query<{ subject: Subject }>("select subject from portcullis.work where key = $1", [key]);
  return row?.subject;
}
