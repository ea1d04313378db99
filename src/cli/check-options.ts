import type { JudgementDeadline } from "../gate/judging/work-budget.ts";
import { UsageError } from "./usage-error.ts";

/** How long the judgement may take, counted from now. */
export function deadlineOf(given = "300"): JudgementDeadline {
  const seconds = Number(given);
  if (!/^\d+(\.\d+)?$/.test(given) || seconds === 0)
    throw new UsageError(`--deadline ${given}: expected a number of seconds, such as 300`);
  const start = performance.now();
  return { seconds, elapsed: () => (performance.now() - start) / 1000 };
}

/** The time of the job in RFC 3339: the given one, else that of the clock. */
export function timeOf(given: string | undefined): string {
  if (given === undefined) return new Date().toISOString();
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(given)
    ? new Date(given)
    : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw new UsageError(`--now ${given}: expected a time like 2027-01-31T12:00:00Z`);
  return time.toISOString();
}
