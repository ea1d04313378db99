// What a day cost and left behind.
import type { Database } from "../../src/store/database.ts";
import type { SimulatedGitHub } from "../../test/support/github/server.ts";

/** Adds one to the count of a name. */
export function add(counts: Map<string, number>, name: string, by = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

/** Prints counts, the largest first. */
export function printCounts(title: string, counts: ReadonlyMap<string, number>): void {
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  console.log(`${title}: ${total}`);
  for (const [name, count] of [...counts].toSorted((a, b) => b[1] - a[1]))
    console.log(`  ${String(count).padStart(8)}  ${name}`);
}

/** Runs by what they said, and those that are red although their head breaks no rule. */
export function tallyRuns(
  github: SimulatedGitHub,
  isBad: (head: string) => boolean | undefined,
): { readonly runs: ReadonlyMap<string, number>; readonly wrong: readonly string[] } {
  const runs = new Map<string, number>();
  const wrong: string[] = [];
  for (const repository of github.world.repositories) {
    for (const run of repository.runs) {
      const bad = isBad(run.headSha);
      const title = run.title?.replaceAll(/\d+/g, "N") ?? "no title";
      add(runs, `${run.conclusion ?? run.status}: ${title}`);
      const where = `${repository.owner.login}/${repository.name} ${run.headSha.slice(0, 8)} ${run.conclusion}: ${run.title}`;
      if (bad === true && run.conclusion === "success") wrong.push(`GREEN ${where}`);
      if (bad === false && run.conclusion === "failure" && run.title !== "Superseded") wrong.push(`red ${where}`);
    }
  }
  return { runs, wrong };
}

/** Open pull requests whose head has no concluded run. */
export function openWithoutVerdict(github: SimulatedGitHub): readonly string[] {
  return github.world.repositories.flatMap((repository) =>
    repository.pulls
      .filter((pull) => pull.state === "open")
      .filter((pull) => github.runsOf(pull).at(-1)?.status !== "completed")
      .map((pull) => `${repository.owner.login}/${repository.name}#${pull.number}`),
  );
}

/** Rows of every table. */
export async function rowsOf(database: Database): Promise<ReadonlyMap<string, number>> {
  const tables = await database.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class join pg_namespace n on n.oid = relnamespace
     where nspname in ('portcullis', 'portcullis_queue') and relkind = 'r'`,
  );
  const rows = new Map<string, number>();
  for (const { name } of tables) {
    const [row] = await database.query<{ count: string | number }>(`select count(*) as count from ${name}`);
    if (Number(row?.count ?? 0) > 0) rows.set(name, Number(row?.count));
  }
  return rows;
}
