import type { AuditRow } from "../model/audit.ts";
import { walkChain } from "../store/audit-chain.ts";
import { UsageError } from "./usage-error.ts";

/** The options of `portcullis audit verify`. */
export interface AuditVerifyOptions {
  readonly head?: readonly string[];
}

/** Follows rows, prints what is wrong with them on stdout, and returns the exit code. `partial`: they may begin anywhere. */
export async function verifyRows(
  rows: AsyncIterable<AuditRow> | Iterable<AuditRow>,
  { head: heads = [] }: AuditVerifyOptions,
  partial = false,
): Promise<number> {
  for (const head of heads)
    if (!/^[0-9a-f]{64}$/.test(head))
      throw new UsageError(`--head ${head}: expected the whole hash of a row, 64 hexadecimal digits`);
  const walk = walkChain({ partial });
  const wanted = new Set(heads);
  let [count, faults] = [0, 0];
  let first: AuditRow | undefined;
  let last: AuditRow | undefined;
  for await (const row of rows) {
    first ??= row;
    last = row;
    count += 1;
    wanted.delete(row.hash);
    for (const { sequence, message } of walk.next(row)) {
      faults += 1;
      process.stdout.write(`row ${sequence}, ${about(row)}: ${message}\n`);
    }
  }
  for (const head of wanted)
    process.stdout.write(
      `--head ${head}: no row has this hash, so that rows were removed at the end of the log, or it was written anew\n`,
    );
  const wrong = faults + wanted.size;
  const verdict = wrong === 0 ? "as they were written" : `${wrong} ${wrong === 1 ? "thing is" : "things are"} wrong`;
  if (first === undefined || last === undefined) process.stdout.write("the audit log has no rows\n");
  else
    process.stdout.write(
      `${count} ${count === 1 ? "row" : "rows"} from ${first.time} to ${last.time}: ${verdict}\nlast row: ${last.sequence} ${last.hash}\n`,
    );
  return wrong === 0 ? 0 : 1;
}

function about({ time, kind, repository, subject }: AuditRow): string {
  return [time, kind, repository, subject].filter((part) => part !== undefined).join(" ");
}
