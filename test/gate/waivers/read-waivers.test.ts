import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { waiversSchema } from "../../../src/config/waivers-schema.ts";
import { readWaivers, type WaiverRules } from "../../../src/gate/waivers/read-waivers.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { waiver, type Files } from "./judging.ts";

const rules: WaiverRules = {
  config: defaultConfig.waivers,
  now: "2026-02-01T12:00:00Z",
  policies: [{ id: "pods/root" }, { id: "pods/host", waivable: false }],
};
const at = "waivers/w.yaml";
const bomb = Array.from({ length: 9 }, (_, at) => `- &a${at + 1} [${`*a${at},`.repeat(9)}]\n`).join("");
const bombs = `- &a0 [x]\n${bomb}`;

async function read(files: Files, more: Partial<WaiverRules> = {}) {
  const { waivers, problems } = await readWaivers(memoryTree(files), { ...rules, ...more });
  return {
    waivers,
    problems: problems.map(({ path, line, column, message }) =>
      [path, line, column, message].filter(Boolean).join(":"),
    ),
  };
}

test("the published schema of waivers is the one that is checked", () => {
  const published: unknown = JSON.parse(readFileSync("schema/waivers.schema.json", "utf8"));
  expect(published).toEqual(waiversSchema);
});

test("a waiver is read with its line, and with lists of what is written as one value", async () => {
  const text = `# yaml-language-server: $schema=../schema/waivers.schema.json
- policy: pods/root
  match:
    kind: Deployment
    name: [web, "api-*"]
  reason: port 80
  ticket: SEC-1
  owner: "@acme/shop"
  expires: 2026-03-01
- problem: parse
  match: { path: apps/broken.yaml }
  reason: a template of another tool
  expires: "2026-04-01"
- { gap: true, match: { path: apps/plugin/** }, reason: a plugin, expires: 2026-04-01 }
`;
  expect(await read({ [at]: text, "waivers/README.md": "#", "waivers/none.yaml": "# none\n" })).toEqual({
    problems: [],
    waivers: [
      {
        path: at,
        line: 2,
        scope: { kind: "policy", policy: "pods/root" },
        match: { kind: ["Deployment"], name: ["web", "api-*"] },
        reason: "port 80",
        ticket: "SEC-1",
        owner: "@acme/shop",
        expires: "2026-03-01",
      },
      {
        path: at,
        line: 10,
        scope: { kind: "problem", stage: "parse" },
        match: { path: ["apps/broken.yaml"] },
        reason: "a template of another tool",
        expires: "2026-04-01",
      },
      {
        path: at,
        line: 14,
        scope: { kind: "gap" },
        match: { path: ["apps/plugin/**"] },
        reason: "a plugin",
        expires: "2026-04-01",
      },
    ],
  });
});

test("anchors, aliases and JSON are read as anywhere else", async () => {
  const yaml = `- &web { policy: pods/root, match: { name: web }, reason: port 80, expires: 2026-03-01 }
- <<: *web
  match: { name: api }
`;
  const json = `[{ "policy": "pods/root", "match": { "name": "web" }, "reason": "r", "expires": "2026-03-01" }]`;
  const { waivers, problems } = await read({ [at]: yaml, "waivers/w.json": json });
  expect(problems).toEqual([]);
  expect(waivers.map(({ path, line, match }) => [path, line, match.name])).toEqual([
    ["waivers/w.json", 1, ["web"]],
    [at, 1, ["web"]],
    [at, 2, ["api"]],
  ]);
});

test.each<[string, string, readonly string[]]>([
  [
    "an unknown key",
    waiver({ until: "2026-03-01" }),
    [
      'waivers/w.yaml:5:3:unknown key "until"; expected one of policy, problem, gap, match, reason, ticket, owner, expires',
    ],
  ],
  [
    "a mistyped key of the selector",
    waiver({ match: "{ nmae: web }" }),
    ['waivers/w.yaml:2:12:unknown key "nmae"; did you mean "name"?'],
  ],
  ["no reason", waiver({ reason: undefined }), ['waivers/w.yaml:1:3:expected a key "reason"']],
  ["an empty reason", waiver({ reason: '""' }), ['waivers/w.yaml:3:3:"reason": expected it not to be empty']],
  ["no date", waiver({ expires: undefined }), ['waivers/w.yaml:1:3:expected a key "expires"']],
  [
    "a date that is none",
    waiver({ expires: "2026-02-30" }),
    ['waivers/w.yaml:4:3:"expires": expected a calendar date such as 2027-01-15'],
  ],
  [
    "a time",
    waiver({ expires: "2026-03-01T00:00:00Z" }),
    ['waivers/w.yaml:4:3:"expires": expected a calendar date such as 2027-01-15'],
  ],
  [
    "a date as a word",
    waiver({ expires: "never" }),
    ['waivers/w.yaml:4:3:"expires": expected a calendar date such as 2027-01-15'],
  ],
  [
    "a date too far away",
    waiver({ expires: "2026-05-03" }),
    ['waivers/w.yaml:4:3:"expires": 2026-05-03 is 91 days away; expected at most 90 (2026-05-02)'],
  ],
  ["no selector", waiver({ match: undefined }), ['waivers/w.yaml:1:3:expected a key "match"']],
  [
    "an empty selector",
    waiver({ match: "{}" }),
    [
      'waivers/w.yaml:2:3:"match": expected at least one of kind, namespace, name, container, environment, path, pointer, message',
    ],
  ],
  [
    "a selector that leaves nothing out",
    waiver({ match: '{ name: "*" }' }),
    ['waivers/w.yaml:2:3:"match" leaves nothing out; expected a key that does not match everything'],
  ],
  [
    "a selector of which one of two patterns leaves nothing out",
    waiver({ match: '{ path: [apps/web.yaml, "**"] }' }),
    ['waivers/w.yaml:2:3:"match" leaves nothing out; expected a key that does not match everything'],
  ],
  [
    "a pattern of all files",
    waiver({ match: '{ path: "**/*.yaml" }' }),
    ['waivers/w.yaml:2:3:"match" leaves nothing out; expected a key that does not match everything'],
  ],
  [
    "a pattern of all but some",
    waiver({ match: '{ path: "!apps/**" }' }),
    ['waivers/w.yaml:2:12:"path": the pattern "!apps/**" cannot be read: expected *, **, ?, [a-z] and {a,b}'],
  ],
  [
    "a pattern that cannot be read",
    waiver({ match: '{ path: "apps/{a" }' }),
    ['waivers/w.yaml:2:12:"path": the pattern "apps/{a" cannot be read: expected *, **, ?, [a-z] and {a,b}'],
  ],
  ["an empty pattern", waiver({ match: '{ name: "" }' }), ['waivers/w.yaml:2:12:"name": expected it not to be empty']],
  ["no pattern", waiver({ match: "{ name: [] }" }), ['waivers/w.yaml:2:12:"name": expected it not to be empty']],
  [
    "a number for a name",
    waiver({ match: "{ name: 80 }" }),
    ['waivers/w.yaml:2:12:"name": expected a string; put quotes around it'],
  ],
  [
    "all policies",
    waiver({ policy: '"**"' }),
    ['waivers/w.yaml:1:3:"policy": "**" is every policy; expected an id, or a glob such as pods/**'],
  ],
  ["no policy", waiver({ policy: undefined }), ["waivers/w.yaml:1:3:expected exactly one of policy, problem and gap"]],
  [
    "a policy and a gap",
    waiver({ gap: "true", match: "{ path: a.yaml }" }),
    ["waivers/w.yaml:1:3:expected exactly one of policy, problem and gap"],
  ],
  [
    "a policy that may not be waived",
    waiver({ policy: "pods/host" }),
    ['waivers/w.yaml:1:3:"policy": pods/host may not be waived'],
  ],
  [
    "a policy about waivers",
    waiver({ policy: "waivers/expired" }),
    ['waivers/w.yaml:1:3:"policy": waivers/expired may not be waived'],
  ],
  [
    "a message with a policy",
    waiver({ match: '{ name: web, message: "*" }' }),
    ['waivers/w.yaml:2:23:"message": only problems and gaps are matched by it'],
  ],
  [
    "a problem of the configuration",
    waiver({ policy: undefined, problem: "config", match: "{ path: portcullis.yaml }" }),
    ['waivers/w.yaml:4:3:"problem": expected one of read, parse, render, evaluate'],
  ],
  [
    "a problem without a path",
    waiver({ policy: undefined, problem: "parse", match: '{ message: "*kind*" }' }),
    ['waivers/w.yaml:1:3:"match" leaves nothing out; expected a path that does not match everything'],
  ],
  [
    "a gap by its name",
    waiver({ policy: undefined, gap: "true", match: "{ path: a.yaml, name: web }" }),
    ['waivers/w.yaml:1:26:"name": a problem or gap has none; expected path, or path and message'],
  ],
  ["a mapping in place of a list", "waivers: []\n", ["waivers/w.yaml:1:1:the file: expected a list"]],
  ["a word", "none\n", ["waivers/w.yaml:1:1:the file: expected a list"]],
  ["two documents", `${waiver()}---\n${waiver()}`, ["waivers/w.yaml:6:a second YAML document; expected one"]],
  [
    "a separator that others read otherwise",
    `${waiver()}--- x\n`,
    [
      "waivers/w.yaml:5:Kubernetes refuses the document separator `---` followed by `x`; expected `---` alone on its line.",
    ],
  ],
  [
    "a key that appears twice",
    waiver({ policy: "pods/root\n  reason: other" }),
    [
      "waivers/w.yaml:4:3:The key `reason` appears twice in one mapping: first on line 2, again on line 4. Kubernetes would use the last one; keep only one.",
    ],
  ],
  ["text that is no YAML", "- policy: [\n", ["waivers/w.yaml:2:1:This is not valid YAML: deficient indentation."]],
  [
    "aliases without end",
    bombs,
    ["waivers/w.yaml:7:12:The aliases of this document expand beyond the limit (an alias bomb?)."],
  ],
  [
    "nesting without end",
    `${"- ".repeat(300)}x\n`,
    ["waivers/w.yaml:1:401:The document nests deeper than 200 levels."],
  ],
  [
    "a tag that makes a number of a text",
    waiver({ ticket: '!!int "1"' }),
    ['waivers/w.yaml:5:3:"ticket": expected a string; put quotes around it'],
  ],
  [
    "a character that ends lines for some",
    waiver({ reason: '"a\u2028b"' }),
    [
      "waivers/w.yaml:3:13:The character U+2028 ends a line for some YAML readers and not for others; write it as an escape in double quotes.",
    ],
  ],
  [
    "two errors",
    waiver({ reason: undefined }) + waiver({ ticket: "1" }),
    [
      'waivers/w.yaml:1:3:expected a key "reason"',
      'waivers/w.yaml:8:3:"ticket": expected a string; put quotes around it',
    ],
  ],
])("%s is an error at its line", async (_, text, expected) => {
  const { waivers, problems } = await read({ [at]: text });
  expect(problems).toEqual(expected);
  expect(waivers).toEqual([]);
});

test("one error in a file leaves nothing of it, and the other files as they are", async () => {
  const { waivers } = await read({
    [at]: waiver() + waiver({ expires: "2026-12-01" }),
    "waivers/other.yaml": waiver({ match: "{ name: api }" }),
  });
  expect(waivers.map(({ path }) => path)).toEqual(["waivers/other.yaml"]);
});

test("a link, and more than a person can review, is an error", async () => {
  const linked = await read({ [at]: { symlink: "../w.yaml" } });
  expect(linked.problems).toEqual([`${at}:1:is a symbolic link; waivers are read from regular files only`]);
  const huge = await read({ [at]: waiver().repeat(2_001) });
  expect(huge).toEqual({ waivers: [], problems: [`${at}:8001:more than 2000 waivers: none of them counts`] });
  const longer = await read({ [at]: waiver({ reason: "x".repeat(4 * 1024 * 1024) }) });
  expect(longer.waivers).toEqual([]);
  expect(longer.problems).toEqual([expect.stringContaining("at most 3145728 are read")]);
});
