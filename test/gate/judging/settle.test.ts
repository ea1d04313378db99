import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { check } from "../../../src/gate/check.ts";
import type { CheckRequest } from "../../../src/gate/check-request.ts";
import { memoryCache } from "../../../src/gate/memory-cache.ts";
import type { Config } from "../../../src/model/config.ts";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import type { Judge, Question } from "../../../src/model/judge.ts";
import type { Judgement, Violation } from "../../../src/model/violation.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { simpleJudge } from "../simple-judge.ts";

type Files = { readonly [path: string]: string };

const nameKey = "names";

/** A judge that tells each Service which names there are, and is told them only where everything is read. */
function namesJudge() {
  const late: Question[] = [];
  const judge: Judge = simpleJudge({
    readsChange: true,
    factsOf: ({ identity: { kind, name } }) =>
      kind === "ConfigMap" ? [{ key: nameKey, digest: name, value: name }] : [],
    awaits: ({ manifest }) => (manifest.identity.kind === "Service" ? [nameKey] : undefined),
    judge: async (questions) => {
      late.push(...questions.filter(({ facts }) => facts !== undefined));
      return questions.map(lateJudgement);
    },
  });
  return { judge, late };
}

function lateJudgement({ manifest, operation, oldObject, facts }: Question): Judgement {
  if (facts === undefined) return { violations: [], excepted: [], problems: [] };
  const names = facts.facts.map(({ value }) => JSON.stringify(value)).join(" ");
  const old = oldObject === undefined ? "" : ` was ${JSON.stringify(member(oldObject, "spec"))}`;
  const says = (message: string): Violation => ({
    policy: "images/tag",
    rule: "deny",
    level: "deny",
    message,
    cause: { pointer: "/spec", stablePointer: "/spec", precision: "value" },
    readsChange: operation !== "CREATE",
  });
  const violations = [says(`${operation} beside ${names}${old}`)];
  if (manifest.identity.name === "crash")
    return { violations: [], excepted: [], problems: [{ stage: "evaluate", message: "late trouble" }] };
  return manifest.identity.name === "excused"
    ? { violations: [], excepted: violations, problems: [] }
    : { violations, excepted: [], problems: [] };
}

const member = (value: Json | undefined, key: string): Json => (value as JsonObject)[key] ?? null;

const service = (port: number, name = "web"): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { port: ${port} }\n`;
const named = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`;

function judged(
  judge: Judge,
  after: Files,
  { before, ...more }: Partial<CheckRequest> & { readonly before?: CheckRequest["before"] } = {},
) {
  return check({
    ...(before === undefined ? {} : { before }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge,
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory" },
    ...more,
  });
}

const messages = ({ findings }: Awaited<ReturnType<typeof judged>>): readonly string[] =>
  findings.map(({ status, message, location: { path, line } }) => `${status} ${path}:${line} ${message}`);

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly expected: readonly string[];
}

const changes: readonly Row[] = [
  {
    name: "an updated object is asked about with its operation and its old object",
    before: { "web.yaml": service(1), "a.yaml": named("a") },
    after: { "web.yaml": service(2), "a.yaml": named("a") },
    expected: ['introduced web.yaml:4 UPDATE beside "a" was {"port":1}', 'fixed web.yaml:4 CREATE beside "a"'],
  },
  {
    name: "a deleted object is asked about with what the change leaves",
    before: { "web.yaml": service(1), "a.yaml": named("a"), "b.yaml": named("b") },
    after: { "b.yaml": named("b") },
    expected: ['introduced web.yaml:4 DELETE beside "b" was {"port":1}', 'fixed web.yaml:4 CREATE beside "a" "b"'],
  },
  {
    name: "a deletion alone is judged by what it takes from others",
    before: { "web.yaml": service(1), "a.yaml": named("a"), "b.yaml": named("b") },
    after: { "web.yaml": service(1), "b.yaml": named("b") },
    expected: ['introduced web.yaml:4 CREATE beside "b"'],
  },
];

test.each(changes)("$name", async ({ before, after, expected }) => {
  const report = await judged(namesJudge().judge, after, { before: memoryTree(before, "before") });
  expect(messages(report).toSorted()).toEqual([...expected].toSorted());
});

const environments: Config = {
  ...defaultConfig,
  environments: {
    prod: { paths: ["prod/**"], clusters: [], levels: {}, parameters: {} },
    test: { paths: ["test/**"], clusters: [], levels: {}, parameters: {} },
  },
};

test("objects meet those of their own environment, and those without one meet each other", async () => {
  const report = await judged(
    namesJudge().judge,
    {
      "prod/web.yaml": service(1),
      "prod/a.yaml": named("prod"),
      "test/web.yaml": service(1),
      "test/a.yaml": named("test"),
      "web.yaml": service(1),
      "a.yaml": named("none"),
    },
    { config: environments },
  );
  expect(messages(report)).toEqual([
    'introduced prod/web.yaml:4 CREATE beside "prod"',
    'introduced test/web.yaml:4 CREATE beside "test"',
    'introduced web.yaml:4 CREATE beside "none"',
  ]);
});

test("what is known of other objects is asked about once, and again where they differ", async () => {
  const { judge, late } = namesJudge();
  const cache = memoryCache(1_000_000);
  const run = (name: string) => judged(judge, { "web.yaml": service(1), "a.yaml": named(name) }, { cache });
  expect(messages(await run("a"))).toEqual(['introduced web.yaml:4 CREATE beside "a"']);
  expect(messages(await run("a"))).toEqual(['introduced web.yaml:4 CREATE beside "a"']);
  expect(late).toHaveLength(1);
  expect(messages(await run("b"))).toEqual(['introduced web.yaml:4 CREATE beside "b"']);
  expect(late).toHaveLength(2);
});

test("an update is not taken for the creation of the same object beside the same others", async () => {
  const { judge } = namesJudge();
  const cache = memoryCache(1_000_000);
  const after = { "web.yaml": service(2), "a.yaml": named("a") };
  const from = (port: number) => memoryTree({ "web.yaml": service(port), "a.yaml": named("a") }, `from ${port}`);
  const introduced = async (before?: CheckRequest["before"]) => {
    const report = await judged(judge, after, before === undefined ? { cache } : { cache, before });
    return messages(report).filter((line) => line.startsWith("introduced"));
  };
  expect(await introduced()).toEqual(['introduced web.yaml:4 CREATE beside "a"']);
  expect(await introduced(from(1))).toEqual(['introduced web.yaml:4 UPDATE beside "a" was {"port":1}']);
  expect(await introduced(from(7))).toEqual(['introduced web.yaml:4 UPDATE beside "a" was {"port":7}']);
});

test("what could not be judged once all was read is a problem with its line, and is asked again", async () => {
  const { judge, late } = namesJudge();
  const cache = memoryCache(1_000_000);
  const run = () => judged(judge, { "web.yaml": `${named("b")}---\n${service(1, "crash")}` }, { cache });
  for (const asked of [1, 2]) {
    const { verdict, problems } = await run();
    expect([verdict, problems.map(({ path, line, message }) => `${path}:${line} ${message}`)]).toEqual([
      "error",
      ["web.yaml:5 late trouble"],
    ]);
    expect(late).toHaveLength(asked);
  }
});

test("what an exception excuses late is counted", async () => {
  const report = await judged(namesJudge().judge, { "web.yaml": service(1, "excused") });
  expect([report.verdict, report.counts.excepted]).toEqual(["pass", 1]);
});
