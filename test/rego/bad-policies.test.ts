import { afterAll, describe, expect, test } from "@jest/globals";
import type { Json } from "../../src/model/json.ts";
import { freshToolchain, judgeOf, judgementOn, messagesOf, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const good = 'package good\nimport rego.v1\nwarn contains sprintf("kept %s", [input.metadata.name])';
const manifests = [1, 2, 3, 4].map((n) => question({ metadata: { name: `m${n}` } }, `m${n}.yaml`));
const kept = manifests.map((_, i) => [`kept m${i + 1}`]);

async function judgeBeside(rego: string, deadlineMs = 2_000) {
  const judge = await judgeOf(
    toolchain,
    { "bad.rego": `package bad\nimport rego.v1\n${rego}\n`, "good.rego": good },
    { namespaces: ["bad", "good"] },
    { deadlineMs, memoryLimitMiB: 32 },
  );
  expect(judge.problems).toEqual([]);
  const judgements = await judge.judge(manifests);
  const again = await judge.judge(manifests.slice(0, 1));
  return { judgements, again };
}

describe("a policy that cannot end costs its deadline once", () => {
  test.each<[string, string]>([
    [
      "a product of ranges",
      "deny contains a if { r := numbers.range(1, 3000); some a in r; some b in r; some c in r; a != b; c == input.x }",
    ],
    [
      "a comprehension of comprehensions",
      "r := numbers.range(1, 3000)\ndeny contains count(x) if { x := [1 | some a in r; y := [1 | some b in r; some c in r; b == input.x]; count(y) > a] }",
    ],
  ])("%s", async (_name, rego) => {
    const { judgements, again } = await judgeBeside(rego);
    expect(judgements.map(messagesOf)).toEqual(kept);
    expect(again.map(messagesOf)).toEqual(kept.slice(0, 1));
    const messages = [...judgements, ...again].map(({ problems }) =>
      problems.map(({ path, message }) => ({ path, message })),
    );
    const name = `policy bad: rule deny (bad.rego:${rego.split("\n").length + 2})`;
    const late = "it did not finish within 2000 ms";
    const notAsked = `${name} was not evaluated, because on m1.yaml:1 ${late}`;
    expect(messages).toEqual([
      [{ path: "m1.yaml", message: `${name} could not be judged: ${late}` }],
      ...["m2", "m3", "m4", "m1"].map((file) => [{ path: `${file}.yaml`, message: notAsked }]),
    ]);
  });
});

test("judgements that are asked for at the same time pay for a bad rule once", async () => {
  const judge = await judgeOf(
    toolchain,
    {
      "bad.rego":
        "package bad\nimport rego.v1\ndeny contains a if { r := numbers.range(1, 3000); some a in r; some b in r; some c in r; a != b; c == input.x }",
      "good.rego": good,
    },
    { namespaces: ["bad", "good"] },
    { deadlineMs: 2_000, memoryLimitMiB: 32 },
  );
  const asked = await Promise.all(manifests.map((one) => judge.judge([one])));
  expect(asked.flat().map(messagesOf)).toEqual(kept);
  const failures = asked
    .flat()
    .flatMap(({ problems }) => problems.map(({ message }) => message.includes("not evaluated")));
  expect(failures).toEqual([false, true, true, true]);
});

test("a policy that takes all memory is left out, and says so", async () => {
  const { judgements } = await judgeBeside(
    "deny contains x if { x := [y | some a in numbers.range(1, 5000); some b in numbers.range(1, 5000); y := [a, b, input]] }",
    60_000,
  );
  expect(judgements.map(messagesOf)).toEqual(kept);
  expect(judgements[0]?.problems.map(({ message }) => message)).toEqual([
    "policy bad: rule deny (bad.rego:3) could not be judged: it needed more than 32 MiB of memory",
  ]);
  expect(judgements[3]?.problems[0]?.message).toContain(
    "was not evaluated, because on m1.yaml:1 it needed more than 32 MiB of memory",
  );
});

/** `part` is a text of 20 kB, `huge` one of 20 MB. */
const texts = `part := concat("", [s | some _ in numbers.range(1, 2000); s := "0123456789"])
huge := concat("", [s | some _ in numbers.range(1, 1000); s := part])`;

test.each([
  ["returns a huge value", "deny contains huge"],
  ["hands a huge value to a builtin", 'deny contains "x" if sprintf("%v", [huge]) == input.x'],
  ["lets a builtin make a huge value", 'deny contains "x" if replace(part, "0", part) == input.x'],
])("a policy that %s is left out, and says so", async (_name, rego) => {
  const judge = await judgeOf(
    toolchain,
    { "bad.rego": `package bad\nimport rego.v1\n${rego}\n${texts}\n`, "good.rego": good },
    { namespaces: ["bad", "good"] },
    { memoryLimitMiB: 256 },
  );
  const judgements = await judge.judge(manifests);
  expect(judgements.map(messagesOf)).toEqual(kept);
  expect(judgements.map(({ problems }) => problems.map(({ message }) => message))).toEqual([
    ["policy bad: rule deny (bad.rego:3) could not be judged: it needed more than 16 MiB for the text of one value"],
    ...[2, 3, 4].map(() => [
      "policy bad: rule deny (bad.rego:3) was not evaluated, because on m1.yaml:1 it needed more than 16 MiB for the text of one value",
    ]),
  ]);
});

test("a rule that contradicts itself on one manifest is a problem there, and judges the others", async () => {
  const { judgements } = await judgeBeside(
    'f(x) := 1 if x == "m2"\nf(x) := 2 if x in {"m2", "m3"}\ndeny contains "two" if f(input.metadata.name) == 2',
  );
  expect(judgements.map(messagesOf)).toEqual([["kept m1"], ["kept m2"], ["two", "kept m3"], ["kept m4"]]);
  expect(judgements.map(({ problems }) => problems.length)).toEqual([0, 1, 0, 0]);
  expect(judgements[1]?.problems[0]?.message).toMatch(
    /^policy bad: rule deny \(bad\.rego:5\) could not be judged: bad\.rego:\d+:\d+: /,
  );
});

test("a rule that returns what is no result is named by the file and line of the body that did", async () => {
  const bodies = {
    "a.rego": 'package main\n\ndeny contains "one" if input.metadata.name == "none"',
    "b.rego":
      'package main\n\ndeny contains 7 if input.metadata.name == "m1"\n\ndeny contains {"text": n} if {\n\tn := input.metadata.name\n\tn == "m2"\n}',
  };
  const judge = await judgeOf(toolchain, bodies);
  const judgements = await judge.judge(manifests.slice(0, 3));
  expect(judgements.map(({ problems }) => problems.map(({ path, message }) => `${path} ${message}`))).toEqual([
    [expect.stringMatching(/^m1\.yaml policy main: rule deny \(b\.rego:3\) returned a set with a number in it; /)],
    [
      expect.stringMatching(
        /^m2\.yaml policy main: rule deny \(b\.rego:5\) returned an object whose "msg" is missing; /,
      ),
    ],
    [],
  ]);
});

test("a rule that fails names all of its bodies, since any of them can be the one", async () => {
  const judge = await judgeOf(toolchain, {
    "a.rego": 'package main\n\ndeny contains "one" if input.metadata.name == "none"',
    "b.rego":
      'package main\n\nf(x) := 1 if x != ""\n\nf(x) := 2 if x != ""\n\ndeny contains "two" if f(input.metadata.name) == 1',
  });
  const [judgement] = await judge.judge(manifests.slice(0, 1));
  expect(judgement?.problems[0]?.message).toMatch(
    /^policy main: rule deny \(a\.rego:3, b\.rego:7\) could not be judged: b\.rego:\d+:\d+: /,
  );
});

test("exception rules that cannot be evaluated excuse nothing", async () => {
  const { judgements } = await judgeBeside(
    'f(x) := 1 if x == "m2"\nf(x) := 2 if x == "m2"\nexception contains [""] if f(input.metadata.name)\ndeny contains "no"',
  );
  expect(judgements[1]?.violations.map(({ message }) => message)).toEqual(["no", "kept m2"]);
  expect(judgements[1]?.problems.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^the exception rules could not be judged: /),
  ]);
  expect(judgements[0]?.problems).toEqual([]);
});

describe("a file that does not compile is a problem at its line, and the others judge", () => {
  test.each<[string, string, object]>([
    ["a syntax error", "package bad\n\ndeny contains {", { line: 3 }],
    ["an unsafe variable", "package bad\n\ndeny contains x if y", { line: 3 }],
    [
      "http.send",
      'package bad\n\ndeny contains "x" if http.send({"url": "http://example.com", "method": "get"})',
      { line: 3 },
    ],
    ["a look-up of an address", 'package bad\n\ndeny contains "x" if net.lookup_ip_addr("example.com")', { line: 3 }],
    ["the environment", 'package bad\n\ndeny contains "x" if opa.runtime().env.HOME', { line: 3 }],
    ["an unknown function", 'package bad\n\ndeny contains "x" if nothing(1)', { line: 3 }],
  ])("%s", async (_name, rego, place) => {
    const judge = await judgeOf(toolchain, { "bad.rego": rego, "good.rego": good }, { namespaces: ["bad", "good"] });
    expect(judge.problems[0]).toMatchObject({ stage: "compile", path: "bad.rego", ...place });
    expect((await judge.judge(manifests)).map(messagesOf)).toEqual(kept);
  });
});

test("a manifest that cannot be handed to the policies is one problem, and the others are judged", async () => {
  const judge = await judgeOf(toolchain, good, { namespaces: ["good"] });
  let deep: Json = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  const odd = [
    question({ metadata: { name: "deep" }, deep }, "deep.yaml"),
    question({ metadata: { name: "half a character \ud800" } }, "half.yaml"),
    question({ metadata: { name: "whole \u{1f600} \u0000 \u2028" } }, "whole.yaml"),
  ];
  const judgements = await judge.judge(odd);
  expect(judgements.map(messagesOf)).toEqual([[], [], ["kept whole \u{1f600} \u0000 \u2028"]]);
  expect(judgements.map(({ problems }) => problems.map(({ path, message }) => `${path} ${message}`))).toEqual([
    ["deep.yaml the manifest could not be judged: it is nested too deeply"],
    [expect.stringMatching(/^half\.yaml the manifest could not be judged: /)],
    [],
  ]);
});

test("a namespace that nobody has is a problem", async () => {
  const judge = await judgeOf(toolchain, good, { namespaces: ["good", "absent"] });
  expect(judge.problems).toEqual([{ stage: "compile", message: expect.stringContaining("no package absent") }]);
});

test("data that do not fit into memory are a problem, not a crash", async () => {
  const judge = await judgeOf(
    toolchain,
    good,
    {
      namespaces: ["good"],
      data: [{ path: "d.json", prefix: [], text: JSON.stringify({ a: Array(400_000).fill("0123456789") }) }],
    },
    { memoryLimitMiB: 8 },
  );
  expect(judge.problems).toEqual([{ stage: "evaluate", message: expect.stringContaining("could not be loaded") }]);
  expect(await judgementOn(judge)).toEqual({ violations: [], excepted: [], problems: [] });
});

test("the time and chance of a run are the run's own, and the same again", async () => {
  const rego = `package main
deny contains sprintf("%v %v %v", [time.now_ns(), rand.intn("a", 1000000), uuid.rfc4122("a")]) if time.now_ns() == time.now_ns()`;
  const judge = (now: string) => judgeOf(toolchain, rego, { namespaces: ["main"] }, { now });
  const first = await judge("2026-02-03T04:05:06.007Z");
  expect(first.readsTime).toBe(true);
  const [message] = messagesOf(await judgementOn(first));
  expect(message).toMatch(
    /^1770091506007000000 \d+ [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(messagesOf(await judgementOn(await judge("2026-02-03T04:05:06.007Z")))).toEqual([message]);
  expect(messagesOf(await judgementOn(await judge("2026-02-03T04:05:06.008Z")))).not.toEqual([message]);
  expect((await judgeOf(toolchain, good)).readsTime).toBe(false);
});
