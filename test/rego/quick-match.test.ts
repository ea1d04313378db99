import { afterAll, expect, test } from "@jest/globals";
import { createQuickMatch, quickPattern } from "../../src/rego/quick-match.ts";
import { createRandom, type Random } from "../manifest/generate-yaml.ts";
import { freshToolchain, judgeOf, messagesOf, question } from "./judging.ts";

const SWEEP = Number(process.env["PORTCULLIS_SWEEP"] ?? 20_000);
const toolchain = freshToolchain();
afterAll(() => toolchain.close());

test.each([
  String.raw`(?i)(password|secret|token|api_?key)`,
  String.raw`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`,
  String.raw`^registry\.example\.com/[^:@]+$`,
  String.raw`:v?\d{1,3}\.\d+`,
])("V8 answers for %s", (pattern) => {
  expect(quickPattern(pattern)).toBeInstanceOf(RegExp);
});

test.each([
  { name: "a repeated group", pattern: "^([a-z]+[.])+$" },
  { name: "a counted group", pattern: "(ab){2}" },
  { name: "an optional group repeated", pattern: "(a*)?*" },
  { name: "three unbounded repetitions", pattern: "a*b*c*" },
  { name: "a lazy repetition", pattern: "a+?b" },
  { name: "repeating twice", pattern: "a**" },
  { name: "white space, which both see differently", pattern: String.raw`a\sb` },
  { name: "a word boundary", pattern: String.raw`\ba` },
  { name: "other flags", pattern: "(?s)a.b" },
  { name: "a flag within", pattern: "a(?i)b" },
  { name: "a named group", pattern: "(?P<a>b)" },
  { name: "looking ahead, which RE2 has not", pattern: "a(?=b)" },
  { name: "a reference back, which RE2 has not", pattern: String.raw`(a)\1` },
  { name: "a class by name", pattern: "[[:alpha:]]" },
  { name: "letters beyond ASCII", pattern: "é" },
  { name: "a range that is none", pattern: "[z-a]" },
  { name: "an open group", pattern: "(a" },
  { name: "what is repeated is nothing", pattern: "^*" },
])("OPA answers for $name", ({ pattern }) => {
  expect(quickPattern(pattern)).toBeUndefined();
});

test("OPA answers for texts that are long or not printable ASCII", () => {
  const match = createQuickMatch();
  expect(["a", "b", "a\n", "\u017f", "a".repeat(257), "\r"].map((text) => match("^a$", text))).toEqual([
    2, 1, 0, 0, 0, 0,
  ]);
});

const atoms = ["a", "B", "z", "0", "-", "_", "/", ".", ":", " ", "k", "s", "S", "K", "\\.", "\\d", "\\w", "\\-", "\\/"];
const classes = [
  "[a-z]",
  "[^a-z0-9]",
  "[A-Z_]",
  "[-a]",
  "[a-]",
  "[^\\d]",
  "[\\w.-]",
  "[.]",
  "[^:@]",
  "[\\]a]",
  "[a-f0-9]",
];
const repetitions = ["", "", "", "*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}", "+?", "{3,1}", "{,2}"];

function randomPattern(random: Random, depth = 0): string {
  const parts = Array.from({ length: 1 + random.below(4) }, () => {
    const kind = random.below(10);
    if (kind === 0) return random.pick(["^", "$", "|", "\\b", "]", "\\", "(?i)"]);
    if (kind === 1 && depth < 2)
      return `${random.pick(["(", "(?:"])}${randomPattern(random, depth + 1)})${random.pick(["", "", "?"])}`;
    return random.pick(kind < 5 ? classes : atoms) + random.pick(repetitions);
  });
  const anchors = depth === 0 ? [random.pick(["", "^", "(?i)", "(?i)^"]), random.pick(["", "", "$"])] : ["", ""];
  return `${anchors[0]}${parts.join("")}${anchors[1]}`;
}

function randomText(random: Random): string {
  const letters = "aBzkKsS09-_/.:@ ]bcd";
  return Array.from({ length: random.below(9) }, () => letters.charAt(random.below(letters.length))).join("");
}

test("whatever is answered here is what OPA answers", async () => {
  const match = createQuickMatch();
  const random = createRandom(11);
  let answered = 0;
  for (let done = 0; done < SWEEP; done += 5_000) {
    const cases = Array.from({ length: 250 }, () => randomPattern(random)).flatMap((pattern) =>
      Array.from({ length: 20 }, () => [pattern, randomText(random)] as const),
    );
    const outcome = await toolchain.evaluate({
      modules: [],
      query: "[[i, regex.match(c[0], c[1])] | some i, c in input]",
      input: cases,
    });
    const solution = outcome.kind === "answer" ? JSON.stringify(outcome.answer) : outcome.message;
    const theirs = new Map(
      [...solution.matchAll(/\[(\d+),(true|false)\]/g)].map(([, i, is]) => [Number(i), is === "true"]),
    );
    expect(theirs.size).toBeGreaterThan(1_000);
    const different = cases.flatMap(([pattern, text], i) => {
      const answer = createOnce(pattern, text);
      if (answer === 0) return [];
      answered++;
      return (answer === 2) === theirs.get(i) ? [] : [{ pattern, text, theirs: theirs.get(i) }];
    });
    expect(different).toEqual([]);
  }
  process.stdout.write(`${answered} matches of ${SWEEP} answered here\n`);
  expect(answered).toBeGreaterThan(SWEEP / 10);

  function createOnce(pattern: string, text: string): number {
    // One matcher keeps a thousand patterns only.
    return match(pattern, text) || createQuickMatch()(pattern, text);
  }
});

test("a compiled policy matches alike whoever answers", async () => {
  const judge = await judgeOf(
    toolchain,
    `package main
patterns := ["^a+$", "^(a|b)+$", "(?i)KEY", "é", "[", 7, "^\\\\s$"]
texts := ["aaa", "abab", "api_key", "né", " ", "", 7]
deny contains sprintf("%v %v %v", [p, t, regex.match(p, t)]) if { some p in patterns; some t in texts }`,
  );
  const [judgement] = await judge.judge([question({})]);
  const yes = ["^a+$ aaa", "^(a|b)+$ aaa", "^(a|b)+$ abab", "(?i)KEY api_key", "é né", "^\\s$  "];
  const said = judgement === undefined ? [] : messagesOf(judgement);
  expect(said.filter((text) => text.endsWith(" true")).toSorted()).toEqual(
    yes.map((text) => `${text} true`).toSorted(),
  );
  expect(said).toHaveLength(5 * 6);
  await judge.close();
});
