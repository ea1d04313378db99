import type { RegoValue } from "../value/rego-value.ts";
import type { BuiltinRecord } from "./builtin.ts";

/** Semantic versions (semver.org, 2.0.0); a leading `v` is allowed. */
export const semverBuiltins: BuiltinRecord = {
  "semver.is_valid": (_run, text) => parse(text) !== undefined,
  "semver.compare": (_run, a, b) => {
    const x = parse(a);
    const y = parse(b);
    return x === undefined || y === undefined ? undefined : compare(x, y);
  },
};

interface Version {
  readonly numbers: readonly bigint[];
  readonly preRelease: readonly string[];
}

const number = "(0|[1-9][0-9]*)";
const identifiers = "([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)";
const version = new RegExp(`^v?${number}\\.${number}\\.${number}(?:-${identifiers})?(?:\\+${identifiers})?$`);

function parse(text: RegoValue | undefined): Version | undefined {
  const parts = typeof text === "string" ? version.exec(text) : null;
  if (parts === null) return undefined;
  const numbers = parts.slice(1, 4).map((part) => BigInt(part));
  const preRelease = parts[4]?.split(".") ?? [];
  const isValid = numbers.every(isInt64) && !preRelease.some((identifier) => /^0[0-9]+$/.test(identifier));
  return isValid ? { numbers, preRelease } : undefined;
}

function isInt64(value: bigint): boolean {
  return value === BigInt.asIntN(64, value);
}

function compare(a: Version, b: Version): number {
  for (const [i, x] of a.numbers.entries()) {
    const y = b.numbers[i] ?? 0n;
    if (x !== y) return x < y ? -1 : 1;
  }
  if (a.preRelease.length === 0 || b.preRelease.length === 0) {
    return Math.sign(b.preRelease.length) - Math.sign(a.preRelease.length);
  }
  for (const [i, x] of a.preRelease.entries()) {
    const y = b.preRelease[i];
    if (y === undefined) return 1;
    const order = compareIdentifiers(x, y);
    if (order !== 0) return order;
  }
  return a.preRelease.length < b.preRelease.length ? -1 : 0;
}

function compareIdentifiers(a: string, b: string): number {
  const isNumber = /^[0-9]+$/;
  if (isNumber.test(a) && isNumber.test(b)) return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b));
  if (isNumber.test(a) !== isNumber.test(b)) return isNumber.test(a) ? -1 : 1;
  return Number(a > b) - Number(a < b);
}
