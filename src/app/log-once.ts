import type { Logger } from "pino";

/** Logs what happens again and again once per cause. */
export interface LogOnce {
  /**
   * Logs at level warn the 1st, 10th, 100th… time that a cause occurs within an hour, with `count`, and stays silent at
   * the others. The next hour starts with a line of its own.
   */
  warn(cause: string, fields: object, message: string): void;
}

const PERIOD_MILLISECONDS = 3_600_000;
const MOST_CAUSES = 500;

/** Remembers at most 500 causes; the one that has not occurred for longest is forgotten first. */
export function createLogOnce(log: Pick<Logger, "warn">, now: () => number = Date.now): LogOnce {
  const causes = new Map<string, { readonly since: number; readonly count: number }>();
  return {
    warn(cause, fields, message) {
      const known = causes.get(cause);
      const current = known !== undefined && now() - known.since < PERIOD_MILLISECONDS;
      const entry = current ? { since: known.since, count: known.count + 1 } : { since: now(), count: 1 };
      causes.delete(cause);
      causes.set(cause, entry);
      const [oldest] = causes.keys();
      if (causes.size > MOST_CAUSES && oldest !== undefined) causes.delete(oldest);
      if (/^10*$/.test(String(entry.count))) log.warn({ ...fields, count: entry.count }, message);
    },
  };
}
