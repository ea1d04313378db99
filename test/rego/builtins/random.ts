import type { RegoValue } from "../../../src/rego/value/rego-value.ts";
import { compareValues } from "../../../src/rego/value/compare-values.ts";
import { numberFromText } from "../../../src/rego/value/read-value.ts";

/** Repeatable chance. */
export interface Chance {
  /** An integer from 0 up to the limit, without it. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
}

export function chance(seed: number): Chance {
  let state = (seed * 2_654_435_761 + 1) % 2_147_483_647 || 1;
  const below = (limit: number) => (state = (state * 48_271) % 2_147_483_647) % limit;
  return { below, pick: (list) => list[below(list.length)]! };
}

const numbers = [
  ..."0 1 -1 2 3 7 10 16 42 64 100 127 128 255 256 999 1000 1024 65535 65536 1000000 2147483647 2147483648 -2147483648 -2147483649".split(
    " ",
  ),
  ..."4294967296 9007199254740991 9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809".split(
    " ",
  ),
  ..."18446744073709551615 18446744073709551617 123456789012345678901234567890 -123456789012345678901234567890 1114111 1114112 55296 128512".split(
    " ",
  ),
  ..."0.0 1.0 -1.0 0.1 0.2 0.3 0.5 1.5 2.5 -2.5 3.14159 100.0 1e2 1e21 1e-7 0.000001 123456.789 1234567.891 99999.95 1e23 5e-324 1.7976931348623157e308 1e400 -0.0 -0 0.045 2.675 1e6 1e20 123456789.0".split(
    " ",
  ),
];

const texts = [
  ..."a b A foo bar foobar Foo hello world v1.2.3 1.2.3 nginx:latest registry.example.com/app@sha256:abc app-1 x=y a,b,c a.b.c /usr/bin key".split(
    " ",
  ),
  "",
  " ",
  "  padded  ",
  "two words",
  "tab\there",
  "line\nbreak",
  'quo"te',
  "back\\slash",
  "tick`",
  "ünïcode",
  "日本語",
  "😀 smile",
  "\u0000nul",
  "\u007f",
  "\u00a0nbsp",
  "\u00ad",
  "ß",
  "İ",
  "ﬁ",
  "é",
  "\u2028",
  "10",
  "-5",
  "0x1f",
  "1e3",
  "100Mi",
  "1Gi",
  "500m",
  "1.5",
  "true",
  "null",
  "{}",
  "[1, 2]",
  '{"a": 1}',
  "%",
  "%d",
  "a%20b",
  "a+b",
  "a&b=c",
];

export function someText(random: Chance): string {
  if (random.below(3) > 0) return random.pick(texts);
  return Array.from({ length: random.below(4) }, () => random.pick(texts)).join(random.pick(["", " ", "-", "."]));
}

export function someNumber(random: Chance): RegoValue {
  if (random.below(3) > 0) return numberFromText(random.pick(numbers));
  const digits = String(random.below(10 ** (1 + random.below(9))));
  const sign = random.below(3) === 0 ? "-" : "";
  return numberFromText(random.below(2) === 0 ? `${sign}${digits}` : `${sign}${digits}.${random.below(100_000)}`);
}

/** Any value that policies may hold, nested up to `depth`. */
export function someValue(random: Chance, depth = 2): RegoValue {
  switch (random.below(depth > 0 ? 9 : 5)) {
    case 0:
    case 1:
      return someText(random);
    case 2:
    case 3:
      return someNumber(random);
    case 4:
      return random.pick<RegoValue>([true, false, null]);
    case 5:
    case 6:
      return Array.from({ length: random.below(4) }, () => someValue(random, depth - 1));
    case 7:
      return someObject(random, depth);
    default:
      return someSet(random, () => someValue(random, depth - 1));
  }
}

export function someObject(random: Chance, depth = 2): RegoValue {
  const members = new Map(
    Array.from({ length: random.below(4) }, () => [someText(random), someValue(random, depth - 1)] as const),
  );
  return new Map([...members].sort(([a], [b]) => compareValues(a, b)));
}

export function someSet(random: Chance, member: () => RegoValue): RegoValue {
  const members = Array.from({ length: random.below(4) }, member).sort(compareValues);
  return new Set(members.filter((one, i) => i === 0 || compareValues(one, members[i - 1]!) !== 0));
}

const verbs = "v v v s s s d d d f e E g G x X o b O q c t U T F % z w é".split(" ");

/** A format for sprintf, now and then a broken one. */
export function someFormat(random: Chance): string {
  const verb = (): string => {
    const flags = Array.from({ length: random.below(4) === 0 ? random.below(3) : 0 }, () =>
      random.pick(["+", "-", "#", " ", "0"]),
    ).join("");
    const index = () => (random.below(15) === 0 ? random.pick(["[1]", "[2]", "[3]", "[0]", "[x]", "[9]", "["]) : "");
    const width = random.below(4) === 0 ? random.pick(["1", "5", "12", "*", "20"]) : "";
    const precision = random.below(4) === 0 ? random.pick([".", ".0", ".1", ".3", ".10", ".*", ".25"]) : "";
    return `%${flags}${index()}${width}${index()}${precision}${index()}${random.below(60) === 0 ? "" : random.pick(verbs)}`;
  };
  return Array.from(
    { length: random.below(4) },
    () => (random.below(3) === 0 ? someText(random).replaceAll("%", "") : "") + verb(),
  ).join(random.pick(["", " ", ", "]));
}
