import type { RegoValue } from "../value/rego-value.ts";
import { askOpa } from "./ask-opa.ts";
import type { BuiltinRecord } from "./builtin.ts";
import { fromInteger, isNumber } from "./number.ts";

const perSecond = 1_000_000_000n;

/** Time in UTC, in nanoseconds since 1970; time zones and layouts are passed to OPA. */
export const timeBuiltins: BuiltinRecord = {
  "time.parse_rfc3339_ns": (_run, text) => (typeof text === "string" ? fromInteger(parsed(text)) : undefined),
  "time.date": (_run, moment) => {
    const date = dateOf(moment);
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  },
  "time.clock": (_run, moment) => {
    const date = dateOf(moment);
    return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  },
  "time.weekday": (_run, moment) => weekdays[dateOf(moment).getUTCDay()],
  "time.parse_duration_ns": (_run, text) => {
    if (typeof text !== "string" || !/^(?:\d{1,6}(?:h|m|s|ms))+$/.test(text)) return askOpa();
    let total = 0n;
    for (const [, count = "0", unit = "s"] of text.matchAll(/(\d+)(ms|h|m|s)/g)) {
      total += BigInt(count) * (unitSizes[unit] ?? 0n);
    }
    return total === BigInt.asIntN(64, total) ? fromInteger(total) : askOpa();
  },
};

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

const unitSizes: { readonly [unit: string]: bigint } = {
  ms: 1_000_000n,
  s: perSecond,
  m: 60n * perSecond,
  h: 3600n * perSecond,
};

const plain = /^(\d{4}-\d\d-\d\d)T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9}))?Z$/;

function parsed(text: string): bigint {
  const [, date = "", time = "", fraction = ""] = plain.exec(text) ?? [];
  const milliseconds = Date.parse(`${date}T${time}.000Z`);
  // Days that a month does not have would be read as days of the next month.
  const isDay = Number.isFinite(milliseconds) && new Date(milliseconds).toISOString().startsWith(date);
  if (date < "1700" || date > "2250" || !isDay) return askOpa();
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** The time truncated to milliseconds, below which no requested field changes. */
function dateOf(moment: RegoValue | undefined): Date {
  if (!isNumber(moment) || typeof moment === "object") return askOpa();
  if (typeof moment === "number" && !Number.isInteger(moment)) return askOpa();
  const nanoseconds = BigInt(moment);
  if (nanoseconds < 0n || nanoseconds !== BigInt.asIntN(63, nanoseconds)) return askOpa();
  return new Date(Number(nanoseconds / 1_000_000n));
}
