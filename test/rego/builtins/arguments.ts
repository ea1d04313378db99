import { compareValues } from "../../../src/rego/value/compare-values.ts";
import type { RegoValue } from "../../../src/rego/value/rego-value.ts";
import type { Chance } from "./random.ts";
import { someNumber, someObject, someSet, someText, someValue } from "./random.ts";

/** An argument's type as OPA's capabilities state it. */
export interface ArgumentType {
  readonly type: string;
  readonly of?: ArgumentType | readonly ArgumentType[];
  readonly dynamic?: ArgumentType | { readonly key: ArgumentType; readonly value: ArgumentType };
  readonly static?: readonly ArgumentType[];
}

const texts: { readonly [family: string]: readonly string[] } = {
  regex: [
    "a",
    "^a.*$",
    "[a-z]+",
    "(foo)(bar)?",
    "\\d+",
    "^v?(\\d+)\\.(\\d+)",
    "a|b",
    "",
    "(?i)FOO",
    "\\s",
    "[^/]+",
    "x*",
    "(?P<n>o+)",
    "(",
    "[",
    "\\p{L}+",
    "\\bfoo\\b",
    "^.*:latest$",
    "o{2}",
    "(a)|(b)",
    "(?s).",
    ".",
    "$",
    "\\W",
    "[[:alpha:]]+",
    "é",
    "\\x{1F600}",
  ],
  glob: [
    "*",
    "a*",
    "*.example.com",
    "**",
    "foo?",
    "{foo,bar}",
    "[a-c]",
    "registry.*/*",
    "a.*.c",
    "[!a]",
    "",
    "\\*",
    "*:*",
  ],
  cidr: [
    "10.0.0.0/8",
    "10.1.2.3/32",
    "10.1.2.3",
    "192.168.0.0/16",
    "0.0.0.0/0",
    "2001:db8::/32",
    "2001:db8::1",
    "::/0",
    "10.0.0.0/33",
    "nope",
    "",
    "10.0.0.0/30",
    "fe80::1/128",
    "::ffff:10.0.0.1",
    "127.0.0.1/24",
    "010.0.0.1",
  ],
  semver: [
    "1.2.3",
    "1.2.4",
    "1.10.0",
    "1.2",
    "v1.2.3",
    "1.2.3-alpha",
    "1.2.3-alpha.1",
    "1.2.3-beta",
    "1.2.3+build",
    "1.2.3-rc.1+b.2",
    "01.2.3",
    "",
    "1.0.0-1",
    "1.0.0-2",
    "1.0.0-10",
    "1.0.0-a.b",
    "10.0.0",
    "1.2.3.4",
    "99999999999999999999.0.0",
    "1.0.0-",
    "1.0.0-01",
    "0.0.0",
  ],
  units: [
    "100",
    "100Mi",
    "1Gi",
    "1.5Gi",
    "500m",
    "0.1",
    "1K",
    "1k",
    "1ki",
    "10KB",
    "1MiB",
    "1e3",
    "1e3Mi",
    "1E",
    "1Ei",
    "-1",
    "-5Gi",
    "+1Mi",
    "100 Mi",
    "",
    "Mi",
    "1mb",
    "2tb",
    "3p",
    ".5",
    "5.",
    "1.2.3",
    "1M",
    "1m",
    '"1Gi"',
    "1e-3",
    "0",
    "00012",
    "1e7",
    "1e9999999",
    "1.0000000000001",
    "333m",
    "1x",
    "0.3333333333333333333333Gi",
    "1E3",
    "12e",
    "1g",
    "1.5k",
    "2147483648Gi",
    "0x10",
    "1_000",
  ],
  duration: [
    "1h",
    "90m",
    "1h30m",
    "1.5s",
    "100ms",
    "1us",
    "1ns",
    "",
    "1",
    "-1h",
    "+5m",
    "1d",
    "300000h",
    "1h1h",
    ".5h",
    "1.h",
    "µs",
    "3µs",
    "9223372036854775807ns",
    "1e3s",
    "0",
  ],
  time: [
    "2026-02-03T04:05:06Z",
    "2026-02-03T04:05:06.789Z",
    "2026-02-03T04:05:06+02:00",
    "2026-02-30T00:00:00Z",
    "2026-02-03",
    "",
    "0001-01-01T00:00:00Z",
    "1969-12-31T23:59:59.999999999Z",
    "2262-04-11T23:47:16.854775807Z",
    "2262-04-12T00:00:00Z",
    "2024-02-29T12:00:00-05:30",
    "2026-02-03t04:05:06z",
    "2026-02-03T24:00:00Z",
    "2026-02-03T04:05:06.1234567891Z",
    "1677-09-21T00:12:43Z",
    "2026-2-3T4:5:6Z",
    "2026-02-03T04:05:60Z",
  ],
  layout: ["2006-01-02", "2006-01-02T15:04:05Z07:00", "RFC3339", "RFC1123", "Jan 2, 2006", "", "02/01/06", "Kitchen"],
  json: [
    '{"a": 1}',
    "[1, 2, 3]",
    "1",
    '"x"',
    "null",
    "{",
    "",
    '{"a": 1, "a": 2}',
    "1e400",
    "1e100000000",
    "01",
    "[1,]",
    '{"b": 1.0, "a": 1e2}',
    " [1]  ",
    "1 2",
    '"\\ud83d\\ude00"',
    "true",
    "nul",
    "123456789012345678901234567890",
    "-0",
    "1.50",
    '"\\u0000"',
    "[[[]]]",
    "1e99999",
    "-",
  ],
  yaml: [
    "a: 1",
    "- 1\n- x",
    "a: [1, 2]",
    "x",
    "",
    "a: 'b'\nc:\n  d: yes",
    "{",
    "a: b: c",
    "a: 0x1f",
    "a: 1e3",
    "---\na: 1\n---\nb: 2",
    "on: true",
    "1: x",
    "a: ~",
    "a: 2020-01-01",
    "a: |\n  text\n  more",
    "&x a: 1",
    "a: 0o17",
    "a: 017",
    "a: .5",
    "a: 1_000",
  ],
  base64: [
    "YQ==",
    "YWI=",
    "YWJj",
    "YQ",
    "",
    "!!",
    "_-8=",
    "+/8=",
    "YQ==\n",
    "8J+YgA==",
    "_-8",
    "YWJjZA",
    "Y Q",
    "====",
    "YR==",
  ],
  hex: ["61", "6162", "f09f9880", "zz", "6", "", "C3A9", "0x61"],
  query: ["a=1", "a=1&b=2", "a=1&a=2", "a", "", "a=%20b", "a=b+c", "%zz", "a;b", "=x", "a=b=c", "&&", "%F0%9F%98%80"],
  url: [
    "https://example.com/a?b=c#d",
    "http://user:pw@example.com:8080/x%20y",
    "/path",
    "",
    "::",
    "mailto:a@b.c",
    "http://[::1]/",
    "https://example.com",
    "http://a b/",
    "//host/x",
  ],
  uuid: [
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "urn:uuid:000003e8-48b9-21ee-b200-325096b39f47",
    "nope",
    "",
    "00000000-0000-4000-8000-000000000000",
  ],
  path: ["a", "a/b", "/a/b", "a/0", "x", "", "a~1b", "b/-", "/", "a//b", "~0"],
  template: ["{{.a}}", "x {{range .b}}{{.}}{{end}}", "{{", "plain", "{{.missing}}", '{{.a | printf "%v"}}'],
};

const familyOf: readonly (readonly [pattern: RegExp, position: number, family: string])[] = [
  [/^(regex\.(?!replace|globs)|re_match)/, 0, "regex"],
  [/^regex\.replace/, 1, "regex"],
  [/^regex\.globs/, -1, "regex"],
  [/^glob/, 0, "glob"],
  [/^net/, -1, "cidr"],
  [/^semver/, -1, "semver"],
  [/^units|^to_number|^cast/, -1, "units"],
  [/^time\.parse_duration/, -1, "duration"],
  [/^time\.parse_rfc/, -1, "time"],
  [/^time\.parse_ns/, 0, "layout"],
  [/^time\.parse_ns/, 1, "time"],
  [/^json\.(unmarshal|is_valid)/, -1, "json"],
  [/^yaml\.(unmarshal|is_valid)/, -1, "yaml"],
  [/^base64/, -1, "base64"],
  [/^hex\.decode/, -1, "hex"],
  [/^urlquery/, -1, "query"],
  [/^uri/, -1, "url"],
  [/^uuid/, -1, "uuid"],
  [/^json\.(filter|remove)/, 1, "path"],
  [/^strings\.render/, 0, "template"],
];

const moments = [
  "0",
  "1770091506000000000",
  "-1",
  "1770091506789012345",
  "1709208000000000000",
  "9223372036854775807",
  "9223372036854775808",
  "951782400000000000",
];
const zones = ["UTC", "America/New_York", "", "Europe/Berlin", "Nowhere/City", "Local", "Asia/Kolkata"];

/** An argument that fits the builtin more often than not. */
export function someArgument(random: Chance, name: string, position: number, type: ArgumentType): RegoValue {
  if (random.below(40) === 0) return someValue(random, 1);
  if (/^time\.(clock|date|weekday|add_date|diff|format)$/.test(name) && (position === 0 || name === "time.diff")) {
    const moment = random.below(4) === 0 ? BigInt(random.below(2e9)) * 1_234_567_891n : BigInt(random.pick(moments));
    const at = moment <= 9_007_199_254_740_991n && moment >= -9_007_199_254_740_991n ? Number(moment) : moment;
    if (random.below(3) > 0 || name === "time.add_date") return at;
    const layout = name === "time.format" && random.below(2) === 0 ? [random.pick(texts.layout ?? [])] : [];
    return [at, random.pick(zones), ...layout];
  }
  if (name === "time.add_date") return random.below(60) - 30;
  if (
    name.startsWith("bits") ||
    name.startsWith("numbers.range") ||
    name === "format_int" ||
    name === "array.slice" ||
    name === "substring"
  ) {
    if (type.type === "number" && random.below(5) > 0) {
      if (name === "format_int" && position === 1) return random.pick([2, 8, 10, 16, 3]);
      return (
        random.below(name.startsWith("bits") && random.below(3) === 0 ? 2e9 : 60) - (random.below(3) === 0 ? 30 : 0)
      );
    }
  }
  const family = familyOf.find(([pattern, at]) => pattern.test(name) && (at === -1 || at === position))?.[2];
  return ofType(random, type, family, 2);
}

function ofType(random: Chance, type: ArgumentType, family: string | undefined, depth: number): RegoValue {
  switch (type.type) {
    case "string":
      return family !== undefined && random.below(6) > 0 ? random.pick(texts[family] ?? [""]) : someText(random);
    case "number":
      return someNumber(random);
    case "boolean":
      return random.below(2) === 0;
    case "null":
      return null;
    case "array": {
      const fixed = type.static;
      if (fixed !== undefined) return fixed.map((one) => ofType(random, one, family, depth - 1));
      const member = (type.dynamic as ArgumentType | undefined) ?? { type: "any" };
      return Array.from({ length: random.below(5) }, () => ofType(random, member, family, depth - 1));
    }
    case "set":
      return someSet(random, () =>
        ofType(random, (type.of as ArgumentType | undefined) ?? { type: "any" }, family, depth - 1),
      );
    case "object": {
      const dynamic = type.dynamic as { readonly key: ArgumentType; readonly value: ArgumentType } | undefined;
      if (dynamic?.value === undefined || dynamic.value.type === "any") return someObject(random, depth);
      const members = Array.from(
        { length: random.below(4) },
        () => [someText(random), ofType(random, dynamic.value, family, depth - 1)] as const,
      );
      return new Map([...new Map(members)].sort(([a], [b]) => compareValues(a, b)));
    }
    default: {
      const choices = type.of as readonly ArgumentType[] | undefined;
      if (Array.isArray(choices) && choices.length > 0) return ofType(random, random.pick(choices), family, depth);
      return family !== undefined && random.below(2) === 0
        ? random.pick(texts[family] ?? [""])
        : someValue(random, depth);
    }
  }
}
