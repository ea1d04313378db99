import { UsageError } from "./usage-error.ts";

/** The time that an option names, as the store has it. A day begins at midnight, UTC. */
export function utcTime(option: string, text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text) ? new Date(text) : undefined;
  // A date that no month has, such as 30 February, would be one of the next month.
  if (time === undefined || Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text.slice(0, 10))
    throw new UsageError(
      `${option} ${text}: expected a day or a time in UTC, such as 2027-01-31 or 2027-01-31T12:00:00Z`,
    );
  return time.toISOString();
}
