import { expect, test } from "@jest/globals";
import { mergeConfigs, type ConfigLayer } from "../../src/config/merge-configs.ts";
import { readWrittenConfig } from "../../src/config/read-config.ts";
import type { JsonObject } from "../../src/model/json.ts";

function layer(path: string, text: string): ConfigLayer {
  const { value, source, problems } = readWrittenConfig(path, text);
  expect(problems).toEqual([]);
  return { value: value as unknown as JsonObject, source };
}

/** What the repository has that extends what its organisation shares. */
function merge(shared: string, own: string) {
  return mergeConfigs([layer("shared.yaml", shared), layer("portcullis.yaml", own)]);
}

test.each<[string, string, string, object]>([
  ["lists are joined", "policies: [a, b]", "policies: [c, b]", { policies: ["a", "b", "c"] }],
  [
    "mappings are merged by key",
    "levels: { a/b: deny, c/d: deny }",
    "levels: { c/d: warn, e/f: info }",
    { levels: { "a/b": "deny", "c/d": "warn", "e/f": "info" } },
  ],
  [
    "of other values the repository's counts",
    "block: all\ncomments: off",
    "block: introduced",
    { block: "introduced" },
  ],
  [
    "a level with a date is one value",
    "levels: { a/b: { level: warn, until: 2027-01-15, then: deny } }",
    "levels: { a/b: info }",
    { levels: { "a/b": "info" } },
  ],
  [
    "environments are merged key by key",
    "environments: { production: { paths: [a], kubernetes: '1.33' } }",
    "environments: { production: { paths: [b] } }",
    { environments: { production: { paths: ["a", "b"], kubernetes: "1.33" } } },
  ],
  [
    "the values of a parameter are not joined",
    "environments: { production: { parameters: { a/b: { allowed: [x], most: 3 } } } }",
    "environments: { production: { parameters: { a/b: { allowed: [y] } } } }",
    { environments: { production: { parameters: { "a/b": { allowed: ["y"], most: 3 } } } } },
  ],
  [
    "a text in place of a mapping counts as a whole",
    "schemas: { kubernetes: '1.33' }",
    "schemas: off",
    { schemas: "off" },
  ],
])("%s", (_, shared, own, expected) => {
  const { value, problems } = merge(shared, own);
  expect(problems).toEqual([]);
  expect(value).toMatchObject(expected);
  expect(Object.keys(value).length).toBeGreaterThan(0);
});

test("each value has its place in the file that it is from", () => {
  const { source } = merge("version: 1\npolicies:\n  - a\n  - b\n", "# ours\npolicies:\n  - c\nlevels:\n  x/y: warn\n");
  const at = (pointer: string): string => `${source.place(pointer)?.path}:${source.place(pointer)?.line}`;
  expect(["/policies/0", "/policies/1", "/policies/2", "/levels/x~1y", "/version"].map(at)).toEqual([
    "shared.yaml:3",
    "shared.yaml:4",
    "portcullis.yaml:3",
    "portcullis.yaml:5",
    "shared.yaml:1",
  ]);
});

test.each<[string, string, string, readonly number[]]>([
  ["mode", "[mode]", "version: 1\nmode: report\n", [2]],
  ["every level", "[levels]", "levels:\n  a/b: warn\nenvironments:\n  x:\n    levels: { c/d: off }\n", [1, 5]],
  [
    "one level, in environments too",
    "['levels.a/b']",
    "levels:\n  c/d: warn\n  a/b: warn\nenvironments:\n  x:\n    levels: { a/b: off }\n",
    [3, 6],
  ],
  [
    "data and the parameters of environments",
    "[data]",
    "data: [a]\nenvironments:\n  x:\n    parameters: { a/b: { c: 1 } }\n",
    [1, 4],
  ],
  ["a key of a group", "[manifests.exclude]", "manifests:\n  include: [a]\n  exclude: [b]\n", [3]],
  ["a key of a group that is written as text", "[schemas.enabled]", "version: 1\nschemas: off\n", [2]],
  [
    "the Kubernetes version, in environments and entries of apply too",
    "[schemas.kubernetes]",
    'environments:\n  x: { kubernetes: "1.20", paths: [x] }\napply:\n  - path: y\n    as: kustomize\n    kubernetes: "1.20"\n',
    [2, 6],
  ],
  [
    "all of schemas leaves each environment its version",
    "[schemas]",
    'environments:\n  x: { kubernetes: "1.20", paths: [x] }\n',
    [],
  ],
  ["what the repository does not have", "[mode, levels, data, policies]", "version: 1\nblock: all\n", []],
])("a lock of %s", (_, locked, own, lines) => {
  const { problems } = merge(`version: 1\nlocked: ${locked}\n`, own);
  expect(problems.map(({ path, line }) => `${path}:${line}`)).toEqual(lines.map((line) => `portcullis.yaml:${line}`));
  for (const { message } of problems)
    expect(message).toMatch(/^[\w./]+ is locked by shared\.yaml:2, so that no other configuration sets it$/);
});

test("what locks may set it itself", () => {
  expect(merge("mode: enforce\nlocked: [mode]\n", "version: 1\n").problems).toEqual([]);
});

test.each([
  ["mod", 'no key "mod"; did you mean "mode"?'],
  ["manifests.exlude", 'no key "manifests.exlude"; did you mean "manifests.exclude"?'],
  ["policies.a", 'no key "policies.a"; expected "policies" as a whole'],
  ["extends", /^"locked\[0\]": no key "extends"; expected one of policies, /],
])("locked: [%s] locks nothing, which is an error", (entry, message) => {
  const { problems } = readWrittenConfig("shared.yaml", `version: 1\nlocked: [${entry}]\n`);
  expect(problems).toMatchObject([{ path: "shared.yaml", line: 2 }]);
  expect(problems[0]?.message).toMatch(message);
});
