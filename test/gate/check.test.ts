import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../src/config/default-config.ts";
import { readConfig } from "../../src/config/read-config.ts";
import type { CheckRequest } from "../../src/gate/check-request.ts";
import { check } from "../../src/gate/check.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { Tree } from "../../src/model/tree.ts";
import type { Report } from "../../src/model/report.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { simpleJudge } from "./simple-judge.ts";

type Files = { readonly [path: string]: MemoryFile };

const now = "2026-01-01T00:00:00Z";

function judged(after: Files, before?: Files, extra: Partial<CheckRequest> = {}): Promise<Report> {
  return check({
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now,
    judged: { after: "after", how: "directory" },
    ...extra,
  });
}

interface PodOptions {
  readonly containers?: { readonly [name: string]: string };
  readonly labels?: { readonly [name: string]: string };
}

/** A Pod as a file: one document, owner set, so that only images matter unless a test says otherwise. */
function pod(name: string, { containers = { main: "nginx:1" }, labels = { owner: "me" } }: PodOptions = {}): string {
  return [
    "apiVersion: v1",
    "kind: Pod",
    "metadata:",
    `  name: ${name}`,
    "  labels:",
    ...Object.entries(labels).map(([key, value]) => `    ${key}: "${value}"`),
    "spec:",
    "  containers:",
    ...Object.entries(containers).flatMap(([key, image]) => [`    - name: ${key}`, `      image: ${image}`]),
    "",
  ].join("\n");
}

/** Kubernetes would refuse its second container, so that it can only be a patch. */
const part = `${pod("a", { containers: { main: "nginx:latest" } })}    - name: second\n`;

const bad = (name: string, image = "nginx:latest"): string => pod(name, { containers: { main: image } });

/** Findings in one line each: status, policy, path:line, and whether changed. */
function lines({ findings }: Report): readonly string[] {
  return findings.map(
    ({ status, policy, location, changed }) =>
      `${status}${changed === true ? " (changed)" : ""} ${policy} ${location.path}:${location.line}`,
  );
}

interface Row {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly findings: readonly string[];
  readonly verdict: Report["verdict"];
}

const rows: readonly Row[] = [
  {
    name: "a new manifest that violates is introduced",
    before: { "a.yaml": pod("a") },
    after: { "a.yaml": pod("a"), "b.yaml": bad("b") },
    findings: ["introduced images/tag b.yaml:10"],
    verdict: "fail",
  },
  {
    name: "an old violation in an untouched file is existing",
    before: { "a.yaml": bad("a"), "b.yaml": pod("b") },
    after: { "a.yaml": bad("a"), "b.yaml": pod("b", { labels: { owner: "you" } }) },
    findings: ["existing images/tag a.yaml:10"],
    verdict: "pass",
  },
  {
    name: "an old violation in a touched manifest is existing",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": pod("a", { containers: { main: "nginx:latest" }, labels: { owner: "you", tier: "web" } }) },
    findings: ["existing images/tag a.yaml:11"],
    verdict: "pass",
  },
  {
    name: "a violation that goes is fixed, where it stood",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": pod("a") },
    findings: ["fixed images/tag a.yaml:10"],
    verdict: "pass",
  },
  {
    name: "what a deleted file violated is fixed",
    before: { "a.yaml": bad("a"), "b.yaml": pod("b") },
    after: { "b.yaml": pod("b") },
    findings: ["fixed images/tag a.yaml:10"],
    verdict: "pass",
  },
  {
    name: "a violation copied from staging to production is introduced in production",
    before: { "staging/a.yaml": bad("a"), "production/b.yaml": pod("b") },
    after: { "staging/a.yaml": bad("a"), "production/b.yaml": pod("b"), "production/a.yaml": bad("a") },
    findings: ["introduced images/tag production/a.yaml:10", "existing images/tag staging/a.yaml:10"],
    verdict: "fail",
  },
  {
    name: "a violation that goes in staging pays for none in production",
    before: { "production/a.yaml": pod("a"), "staging/a.yaml": bad("a") },
    after: { "production/a.yaml": bad("a"), "staging/a.yaml": pod("a") },
    findings: ["introduced images/tag production/a.yaml:10", "fixed images/tag staging/a.yaml:10"],
    verdict: "fail",
  },
  {
    name: "a second bad container beside an old one is introduced",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": pod("a", { containers: { main: "nginx:latest", side: "nginx:latest" } }) },
    findings: ["existing images/tag a.yaml:10", "introduced images/tag a.yaml:12"],
    verdict: "fail",
  },
  {
    name: "another bad value at the same place is introduced, as changed",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": bad("a", "other:latest") },
    findings: ["introduced (changed) images/tag a.yaml:10"],
    verdict: "fail",
  },
  {
    name: "reordered containers are no news",
    before: { "a.yaml": pod("a", { containers: { x: "a:latest", y: "b:latest" } }) },
    after: { "a.yaml": pod("a", { containers: { y: "b:latest", x: "a:latest" } }) },
    findings: ["existing images/tag a.yaml:10", "existing images/tag a.yaml:12"],
    verdict: "pass",
  },
  {
    name: "a container that takes over the bad image of another is introduced",
    before: { "a.yaml": pod("a", { containers: { x: "a:latest", y: "b:1" } }) },
    after: { "a.yaml": pod("a", { containers: { x: "b:1", y: "a:latest" } }) },
    findings: ["fixed images/tag a.yaml:10", "introduced images/tag a.yaml:12"],
    verdict: "fail",
  },
  {
    name: "other words for the same fault are no news",
    before: { "a.yaml": pod("a", { labels: { tier: "web" } }) },
    after: { "a.yaml": pod("a", { labels: { tier: "web", team: "x" } }) },
    findings: ["existing meta/owner a.yaml:3"],
    verdict: "pass",
  },
  {
    name: "a file renamed in its directory introduces nothing",
    before: { "a.yaml": bad("a") },
    after: { "b.yaml": bad("a") },
    findings: ["existing images/tag b.yaml:10"],
    verdict: "pass",
  },
  {
    name: "a file moved to another directory may be applied there for the first time",
    before: { "examples/a.yaml": bad("a") },
    after: { "production/a.yaml": bad("a") },
    findings: ["introduced images/tag production/a.yaml:10"],
    verdict: "fail",
  },
  {
    name: "a file that takes the place of another does not bring its old findings along",
    before: { "production/a.yaml": pod("a"), "examples/a.yaml": bad("a") },
    after: { "production/b.yaml": bad("a") },
    findings: ["fixed images/tag examples/a.yaml:10", "introduced images/tag production/b.yaml:10"],
    verdict: "fail",
  },
  {
    name: "a renamed file with a new violation introduces that one",
    before: { "a.yaml": bad("a") },
    after: { "b.yaml": pod("a", { containers: { main: "nginx:latest", side: "x:latest" } }) },
    findings: ["existing images/tag b.yaml:10", "introduced images/tag b.yaml:12"],
    verdict: "fail",
  },
  {
    name: "one file split in two is no news",
    before: { "all.yaml": `${bad("a")}---\n${bad("b")}` },
    after: { "a.yaml": bad("a"), "b.yaml": bad("b") },
    findings: ["existing images/tag a.yaml:10", "existing images/tag b.yaml:10"],
    verdict: "pass",
  },
  {
    name: "a new document before an old one shifts it and is the only news",
    before: { "all.yaml": bad("b") },
    after: { "all.yaml": `${bad("a")}---\n${bad("b")}` },
    findings: ["introduced images/tag all.yaml:10", "existing images/tag all.yaml:21"],
    verdict: "fail",
  },
  {
    name: "the same object written twice violates twice: the second is introduced",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": `${bad("a")}---\n${bad("a")}` },
    findings: ["existing images/tag a.yaml:10", "introduced images/tag a.yaml:21"],
    verdict: "fail",
  },
  {
    name: "a renamed object is another object",
    before: { "a.yaml": bad("a") },
    after: { "a.yaml": bad("b") },
    findings: ["fixed images/tag a.yaml:10", "introduced images/tag a.yaml:10"],
    verdict: "fail",
  },
  {
    name: "an object put into a List keeps its findings",
    before: { "a.json": JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }) },
    after: {
      "a.json": JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }],
      }),
    },
    findings: ["existing meta/owner a.json:1"],
    verdict: "pass",
  },
  {
    name: "a frozen object that is updated is always news",
    before: { "a.yaml": pod("a", { labels: { owner: "me", frozen: "true" } }) },
    after: { "a.yaml": pod("a", { labels: { owner: "you", frozen: "true" } }) },
    findings: ["introduced change/freeze a.yaml:7"],
    verdict: "fail",
  },
  {
    name: "a frozen object that is deleted is news at the place where it stood",
    before: { "a.yaml": pod("a", { labels: { owner: "me", frozen: "true" } }), "b.yaml": pod("b") },
    after: { "b.yaml": pod("b") },
    findings: ["introduced change/freeze a.yaml:7"],
    verdict: "fail",
  },
  {
    name: "a frozen object that only moves is left in peace",
    before: { "a.yaml": pod("a", { labels: { owner: "me", frozen: "true" } }) },
    after: { "b.yaml": pod("a", { labels: { owner: "me", frozen: "true" } }) },
    findings: [],
    verdict: "pass",
  },
  {
    name: "a frozen object beside an updated one in the same file is left in peace",
    before: { "a.yaml": `${pod("a", { labels: { owner: "me", frozen: "true" } })}---\n${pod("b")}` },
    after: {
      "a.yaml": `${pod("a", { labels: { owner: "me", frozen: "true" } })}---\n${pod("b", { labels: { owner: "x" } })}`,
    },
    findings: [],
    verdict: "pass",
  },
  {
    name: "a file that becomes a patch fixes nothing",
    before: { "o/p.yaml": part, "b.yaml": pod("b") },
    after: { "o/p.yaml": part, "b.yaml": pod("b"), "o/kustomization.yaml": "patches:\n  - path: p.yaml\n" },
    findings: [],
    verdict: "pass",
  },
  {
    name: "a patch that becomes a resource brings what it violates",
    before: { "o/p.yaml": part, "b.yaml": pod("b"), "o/kustomization.yaml": "patches:\n  - path: p.yaml\n" },
    after: { "o/p.yaml": part, "b.yaml": pod("b"), "o/kustomization.yaml": "resources: [p.yaml]\n" },
    findings: ["introduced images/tag o/p.yaml:10"],
    verdict: "fail",
  },
];

test.each(rows)("$name", async ({ before, after, findings, verdict }) => {
  const report = await judged(after, before);
  expect(lines(report)).toEqual(findings);
  expect(report.verdict).toBe(verdict);
  expect(report.problems).toEqual([]);
});

test("a tree judged alone has only introduced findings, those of change policies as CREATE", async () => {
  const judge = simpleJudge();
  const report = await judged({ "a.yaml": bad("a"), "b.yaml": pod("b", { labels: {} }) }, undefined, { judge });
  expect(lines(report)).toEqual(["introduced images/tag a.yaml:10", "introduced meta/owner b.yaml:3"]);
  expect(judge.asked.map(({ operation }) => operation)).toEqual(["CREATE", "CREATE"]);
  expect(report.changes).toBeUndefined();
});

test("an updated manifest is asked as UPDATE with its old object, a deleted one as DELETE", async () => {
  const judge = simpleJudge();
  await judged(
    { "a.yaml": pod("a", { labels: { owner: "you" } }), "c.yaml": pod("c") },
    { "a.yaml": pod("a"), "b.yaml": pod("b") },
    { judge },
  );
  const asked = judge.asked.map(({ manifest, operation, oldObject }) => [
    manifest.identity.name,
    operation,
    (oldObject?.["metadata"] as { readonly labels: unknown } | undefined)?.labels,
  ]);
  expect(asked).toEqual([
    ["a", "CREATE", undefined],
    ["b", "CREATE", undefined],
    ["a", "UPDATE", { owner: "me" }],
    ["c", "CREATE", undefined],
    ["b", "DELETE", { owner: "me" }],
  ]);
});

test("deletions are not asked about where no rule reads the operation", async () => {
  const judge = simpleJudge({ readsChange: false });
  await judged({ "c.yaml": pod("c") }, { "b.yaml": pod("b") }, { judge });
  expect(judge.asked.map(({ operation }) => operation)).not.toContain("DELETE");
});

test("an untouched tree is judged once, not twice", async () => {
  const judge = simpleJudge();
  const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.yaml`, bad(`p${i}`)]));
  await judged({ ...files, "new.yaml": pod("new") }, files, { judge });
  expect(judge.asked).toHaveLength(51);
});

test("with a cache nothing is judged again, and the report has the same bytes", async () => {
  const cache = memoryCache(10_000_000);
  const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.yaml`, bad(`p${i}`)]));
  const after = { ...files, "new.yaml": bad("new"), "7.yaml": pod("p7") };
  const first = await judged(after, files, { cache });
  const judge = simpleJudge();
  const second = await judged(after, files, { cache, judge });
  expect(judge.asked).toEqual([]);
  expect(JSON.stringify(second)).toBe(JSON.stringify(first));
});

test("of what is known of the tree before only the change is judged", async () => {
  const cache = memoryCache(10_000_000);
  const files = { "a.yaml": bad("a"), "b.yaml": bad("b"), "c.yaml": bad("c") };
  await judged(files, undefined, { cache });
  const after = { ...files, "b.yaml": pod("b"), "new.yaml": bad("new") };
  const judge = simpleJudge();
  const report = await judged(after, files, { cache, judge });
  expect(judge.asked.map(({ manifest, operation }) => `${operation} ${manifest.identity.name}`)).toEqual([
    "UPDATE b",
    "CREATE new",
  ]);
  expect(JSON.stringify(report)).toBe(JSON.stringify(await judged(after, files)));
});

test("what was asked about one old object does not answer for another", async () => {
  const cache = memoryCache(10_000_000);
  const judge = simpleJudge({
    judge: async (questions) =>
      questions.map(({ operation, oldObject }) => ({
        violations: [
          {
            policy: "change/freeze",
            rule: "deny",
            level: "deny",
            message: `${operation} of ${JSON.stringify(oldObject?.["metadata"])}`,
            cause: { pointer: "", stablePointer: "", precision: "manifest" },
            readsChange: true,
          },
        ],
        excepted: [],
        problems: [],
      })),
  });
  const messages = async (before: Files): Promise<readonly string[]> =>
    (await judged({ "a.yaml": pod("a") }, before, { cache, judge })).findings.map(({ message }) => message);
  const ownedBy = (owner: string): Files => ({ "a.yaml": pod("a", { labels: { owner } }) });
  expect(await messages(ownedBy("you"))).toEqual(['UPDATE of {"name":"a","labels":{"owner":"you"}}']);
  expect(await messages(ownedBy("others"))).toEqual(['UPDATE of {"name":"a","labels":{"owner":"others"}}']);
  expect(await messages({})).toEqual(["CREATE of undefined"]);
});

test("a cache does not outlive a policy set, nor the time where policies read it", async () => {
  const cache = memoryCache(10_000_000);
  const files = { "a.yaml": bad("a") };
  const askedWith = async (judge: ReturnType<typeof simpleJudge>, time: string): Promise<number> => {
    await judged(files, undefined, { cache, judge, now: time });
    return judge.asked.length;
  };
  expect(await askedWith(simpleJudge({ readsTime: true }), "2026-01-01T00:00:00Z")).toBe(1);
  expect(await askedWith(simpleJudge({ readsTime: true }), "2026-01-01T00:00:00Z")).toBe(0);
  expect(await askedWith(simpleJudge({ readsTime: true }), "2026-01-02T00:00:00Z")).toBe(1);
  expect(await askedWith(simpleJudge({ digest: "other" }), "2026-01-02T00:00:00Z")).toBe(1);
});

interface ProblemRow {
  readonly name: string;
  readonly before: Files;
  readonly after: Files;
  readonly problems: readonly string[];
  readonly verdict: Report["verdict"];
}

const broken = "a: [1\nb: 2\n";
const problemRows: readonly ProblemRow[] = [
  {
    name: "an untouched file that does not parse is an existing problem and blocks nothing",
    before: { "old.yaml": broken, "a.yaml": pod("a") },
    after: { "old.yaml": broken, "a.yaml": pod("a", { labels: { owner: "you" } }) },
    problems: ["existing parse old.yaml"],
    verdict: "pass",
  },
  {
    name: "a touched file that does not parse blocks",
    before: { "old.yaml": broken, "a.yaml": pod("a") },
    after: { "old.yaml": `${broken}# touched\n`, "a.yaml": pod("a") },
    problems: ["introduced parse old.yaml"],
    verdict: "error",
  },
  {
    name: "a file that does not parse any more blocks",
    before: { "a.yaml": pod("a") },
    after: { "a.yaml": broken },
    problems: ["introduced parse a.yaml"],
    verdict: "error",
  },
  {
    name: "a renamed file that does not parse is an old problem",
    before: { "old.yaml": broken, "a.yaml": pod("a") },
    after: { "new.yaml": broken, "a.yaml": pod("a") },
    problems: ["existing parse new.yaml"],
    verdict: "pass",
  },
  {
    name: "a copy of a file that does not parse is a new problem",
    before: { "a.yaml": broken },
    after: { "a.yaml": broken, "b.yaml": broken },
    problems: ["existing parse a.yaml", "introduced parse b.yaml"],
    verdict: "error",
  },
  {
    name: "an untouched submodule blocks nothing",
    before: { sub: { submodule: "01" }, "a.yaml": pod("a") },
    after: { sub: { submodule: "01" }, "a.yaml": pod("a") },
    problems: [],
    verdict: "pass",
  },
  {
    name: "a submodule moved to another commit blocks",
    before: { sub: { submodule: "01" }, "a.yaml": pod("a") },
    after: { sub: { submodule: "02" }, "a.yaml": pod("a") },
    problems: ["introduced render sub"],
    verdict: "error",
  },
  {
    name: "a link that loses its target blocks although nobody touched it",
    before: { "l.yaml": { symlink: "b.yaml" }, "a.yaml": pod("a"), "b.yaml": pod("b") },
    after: { "l.yaml": { symlink: "b.yaml" }, "a.yaml": pod("a") },
    problems: ["introduced read l.yaml"],
    verdict: "error",
  },
  {
    name: "a policy that could not answer for an untouched manifest blocks nothing",
    before: { "c.yaml": pod("crash"), "a.yaml": pod("a") },
    after: { "c.yaml": pod("crash"), "a.yaml": bad("a").replace("latest", "1") },
    problems: ["existing evaluate c.yaml"],
    verdict: "pass",
  },
  {
    name: "a policy that could not answer for a touched manifest blocks",
    before: { "c.yaml": pod("crash") },
    after: { "c.yaml": pod("crash", { labels: { owner: "you" } }) },
    problems: ["introduced evaluate c.yaml"],
    verdict: "error",
  },
];

test.each(problemRows)("$name", async ({ before, after, problems, verdict }) => {
  const report = await judged(after, before);
  expect(report.problems.map(({ status, stage, path }) => `${status} ${stage} ${path}`)).toEqual(problems);
  expect(report.verdict).toBe(verdict);
});

test("a document that does not parse hides nothing of the others, and its file is only among the problems", async () => {
  const report = await judged({ "a.yaml": `${bad("a")}---\n${broken}---\n${bad("c")}` });
  expect(lines(report)).toEqual(["introduced images/tag a.yaml:10", "introduced images/tag a.yaml:24"]);
  expect(report).toMatchObject({ verdict: "error", checked: [], skipped: [], counts: { manifests: 2, problems: 1 } });
  expect(report.problems[0]?.line).toBeGreaterThan(11);
});

test("documents of a checked file that are no objects are named there", async () => {
  const report = await judged({ "a.yaml": `${pod("a")}---\nreplicas: 3\n` });
  expect(report.checked).toEqual([
    {
      path: "a.yaml",
      manifests: 1,
      skipped: [{ line: 12, reason: "not a Kubernetes object: no apiVersion and no kind" }],
    },
  ]);
});

test.each([
  ["enforce", "introduced", "deny", "fail"],
  ["enforce", "introduced", "never", "warn"],
  ["report", "introduced", "deny", "warn"],
] as const)("mode %s, block %s, fail on %s: an introduced deny gives %s", async (mode, block, failOn, verdict) => {
  const report = await judged({ "a.yaml": bad("a") }, {}, { config: { ...defaultConfig, mode, block }, failOn });
  expect(report).toMatchObject({ verdict, mode });
});

test.each([
  ["introduced", "deny", "pass"],
  ["all", "deny", "fail"],
  ["all", "never", "warn"],
] as const)("block %s, fail on %s: an existing deny gives %s", async (block, failOn, verdict) => {
  const files = { "a.yaml": bad("a") };
  expect((await judged(files, files, { config: { ...defaultConfig, block }, failOn })).verdict).toBe(verdict);
});

test.each([
  ["deny", "warn"],
  ["warn", "fail"],
] as const)("fail on %s: an introduced warning gives %s", async (failOn, verdict) => {
  expect((await judged({ "a.yaml": pod("a", { labels: {} }) }, {}, { failOn })).verdict).toBe(verdict);
});

test("levels of the configuration win over those of the policies, and off silences", async () => {
  const config = { ...defaultConfig, levels: { "images/tag": "off", "meta/owner": "deny" } } as const;
  const report = await judged({ "a.yaml": bad("a"), "b.yaml": pod("b", { labels: {} }) }, {}, { config });
  expect(report.findings.map(({ policy, level }) => [policy, level])).toEqual([["meta/owner", "deny"]]);
});

test("a level, a pattern and a path that match nothing are problems at their lines", async () => {
  const { config, source } = readConfig(
    "portcullis.yaml",
    "manifests:\n  include: [apps, a.yaml]\n  exclude: [old/**]\nlevels:\n  images/tags: warn\n",
  );
  const report = await judged({ "a.yaml": pod("a"), "apps/b.yaml": pod("b") }, {}, { config, configSource: source });
  expect(report.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`)).toEqual([
    '2:13: the pattern "apps" matches no file; did you mean "apps/**"?',
    '5:3: no policy has the id "images/tags"; did you mean "images/tag"?',
  ]);
  expect(report.verdict).toBe("error");
  const named = await judged({ "a.yaml": pod("a") }, undefined, { paths: ["a.yaml", "nope"] });
  expect(named.problems).toEqual([
    { stage: "read", status: "introduced", path: "nope", message: "no such file or directory" },
  ]);
});

test("a pattern that only the tree before matches is no fault of the configuration", async () => {
  const config = { ...defaultConfig, manifests: { include: ["apps/**", "a.yaml"], exclude: [] } };
  expect(
    (await judged({ "a.yaml": pod("a") }, { "a.yaml": pod("a"), "apps/b.yaml": pod("b") }, { config })).problems,
  ).toEqual([]);
});

test("having judged nothing is an error, unless that is allowed or a change touches nothing", async () => {
  const files = { "README.md": "hello", "values.yaml": "a: 1" };
  expect(await judged(files)).toMatchObject({
    verdict: "error",
    problems: [{ stage: "read", message: "no Kubernetes manifest under **" }],
  });
  expect((await judged(files, undefined, { allowEmpty: true })).verdict).toBe("pass");
  expect(await judged(files, files)).toMatchObject({
    verdict: "pass",
    changes: { created: 0, updated: 0, deleted: 0, moved: 0 },
  });
});

test("a policy set without a rule is an error", async () => {
  const report = await judged({ "a.yaml": pod("a") }, {}, { judge: simpleJudge({ policies: [] }) });
  expect(report).toMatchObject({ verdict: "error", problems: [{ stage: "compile", status: "introduced" }] });
});

test("what was found on the way here and what did not compile is always introduced", async () => {
  const files = { "a.yaml": pod("a") };
  const report = await judged(files, files, {
    problems: [{ stage: "config", path: "portcullis.yaml", message: "one" }],
    judge: simpleJudge({ problems: [{ stage: "compile", path: "p.rego", line: 1, message: "two" }] }),
  });
  expect(report.problems.map(({ status, message }) => `${status} ${message}`)).toEqual([
    "introduced two",
    "introduced one",
  ]);
  expect(report.verdict).toBe("error");
});

test("a file that cannot be read is a problem of its own and hides no other", async () => {
  const tree = memoryTree({ "a.yaml": bad("a"), "b.yaml": pod("b"), "c.yaml": bad("c") });
  const refuse = (path: string): void => {
    if (path === "b.yaml") throw new Error("the disk says no");
  };
  const after: Tree = {
    ...tree,
    async *readAll(paths) {
      for (const path of paths) {
        refuse(path);
        yield { path, bytes: await tree.read(path) };
      }
    },
  };
  const report = await judged({}, undefined, { after });
  expect(lines(report)).toEqual(["introduced images/tag a.yaml:10", "introduced images/tag c.yaml:10"]);
  expect(report.problems).toEqual([
    { stage: "read", status: "introduced", path: "b.yaml", message: "cannot be read: the disk says no" },
  ]);
});

test("a file that is too large is a problem without being loaded", async () => {
  const tree = memoryTree({ "a.yaml": pod("a") });
  const after: Tree = { ...tree, list: async () => [{ path: "a.yaml", kind: "file", id: "1", size: 3e9 }] };
  const report = await judged({}, undefined, { after });
  expect(report.problems).toEqual([
    {
      stage: "read",
      status: "introduced",
      path: "a.yaml",
      line: 1,
      message: "The file has 3000000000 bytes; at most 10485760 are read.",
    },
  ]);
});

test("a place that the policy declares wins; one in a file that the tree lacks is none", async () => {
  const tag = simpleJudge();
  const declaring = (declared: { readonly path?: string; readonly line: number }) =>
    simpleJudge({
      judge: async (questions) =>
        (await tag.judge(questions)).map((judgement) => ({
          ...judgement,
          violations: judgement.violations.map((violation) => ({ ...violation, declared })),
        })),
    });
  const files = { "a.yaml": bad("a"), "b.txt": "" };
  expect(lines(await judged(files, undefined, { judge: declaring({ path: "b.txt", line: 3 }) }))).toEqual([
    "introduced images/tag b.txt:3",
  ]);
  expect(lines(await judged(files, undefined, { judge: declaring({ line: 4 }) }))).toEqual([
    "introduced images/tag a.yaml:4",
  ]);
  expect(lines(await judged(files, undefined, { judge: declaring({ path: "/etc/passwd", line: 4 }) }))).toEqual([
    "introduced images/tag a.yaml:10",
  ]);
  const deeper = { "apps/a.yaml": bad("a") };
  expect(lines(await judged(deeper, undefined, { judge: declaring({ path: "./a.yaml", line: 4 }) }))).toEqual([
    "introduced images/tag apps/a.yaml:4",
  ]);
});

test("a finding says all that is known of its policy, its manifest and its place", async () => {
  const report = await judged({ "a.yaml": bad("a").replace("name: a", "name: a\n  namespace: web") });
  expect(report.findings).toEqual([
    {
      policy: "images/tag",
      rule: "deny",
      level: "deny",
      message: "nginx:latest is not pinned",
      status: "introduced",
      manifest: { apiVersion: "v1", kind: "Pod", namespace: "web", name: "a" },
      location: { path: "a.yaml", line: 11, column: 7, precision: "value" },
      pointer: "/spec/containers/0/image",
      container: "main",
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      title: "Images are pinned",
      docs: "https://example.com/tag",
    },
  ]);
});
