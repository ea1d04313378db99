import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { configSchema } from "../../src/config/config-schema.ts";
import { defaultConfig } from "../../src/config/default-config.ts";
import { readConfig } from "../../src/config/read-config.ts";

function problems(text: string): readonly string[] {
  return readConfig("portcullis.yaml", text).problems.map(
    ({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`,
  );
}

test("the published schema is the one that is checked", () => {
  const published: unknown = JSON.parse(readFileSync("schema/config.schema.json", "utf8"));
  expect(published).toEqual(configSchema);
});

test("the example of the documentation is read as it is written", () => {
  const { config, problems: found } = readConfig(
    "portcullis.yaml",
    `# yaml-language-server: $schema=./schema/config.schema.json
version: 1
policies: [policies]
data: [data]
manifests: { include: ["apps/**"], exclude: ["apps/old/**"] }
branches: [main]
mode: report
block: all
levels: { "workloads/image-tag": warn, "images/tag": off }
comments: off
`,
  );
  expect(found).toEqual([]);
  expect(config).toEqual({
    version: 1,
    policies: ["policies"],
    data: ["data"],
    manifests: { include: ["apps/**"], exclude: ["apps/old/**"] },
    branches: ["main"],
    mode: "report",
    block: "all",
    levels: { "workloads/image-tag": "warn", "images/tag": "off" },
    comments: "off",
  });
});

test.each([
  ["an empty file", ""],
  ["a file of comments", "# nothing yet\n"],
  ["a version alone", "version: 1\n"],
])("%s means the defaults", (_, text) => {
  expect(readConfig("portcullis.yaml", text)).toMatchObject({ config: defaultConfig, problems: [] });
});

test("what is left out of a group has its default", () => {
  const { config } = readConfig("portcullis.yaml", "manifests:\n  exclude: [old/**]\n");
  expect(config.manifests).toEqual({ include: ["**"], exclude: ["old/**"] });
});

test.each([
  [
    "a mistyped key",
    "version: 1\npolices: [p]\n",
    `portcullis.yaml:2:1: unknown key "polices"; did you mean "policies"?`,
  ],
  [
    "a key like no other",
    "version: 1\nzzz: 1\n",
    `portcullis.yaml:2:1: unknown key "zzz"; expected one of version, policies, data, manifests, branches, mode, block, levels, comments`,
  ],
  [
    "a mistyped key of a group",
    "manifests:\n  inclde: [a]\n",
    `portcullis.yaml:2:3: unknown key "inclde"; did you mean "include"?`,
  ],
  ["a text for a list", "version: 1\npolicies: policies\n", `portcullis.yaml:2:1: "policies": expected a list`],
  ["a number in a list", "policies:\n  - a\n  - 7\n", `portcullis.yaml:3:5: "policies[1]": expected a text`],
  ["an unknown mode", "mode: enforced\n", `portcullis.yaml:1:1: "mode": expected one of enforce, report`],
  ["an unknown level", "levels:\n  a/b: error\n", `portcullis.yaml:2:3: "a/b": expected one of deny, warn, info, off`],
  ["a boolean for on", "comments: true\n", `portcullis.yaml:1:1: "comments": expected one of on, off`],
  ["another version", "version: 2\n", `portcullis.yaml:1:1: "version": expected 1`],
  ["a list for the file", "- a\n", `portcullis.yaml:1:1: the file: expected keys and values`],
  [
    "an empty include",
    "manifests: { include: [] }\n",
    `portcullis.yaml:1:14: "include": must NOT have fewer than 1 items`,
  ],
])("%s is a problem at its place", (_, text, expected) => {
  expect(problems(text)).toEqual([expected]);
});

test.each([
  ["broken YAML", "policies: [a\nmode: x: y\n"],
  ["a duplicate key", "mode: report\nmode: enforce\n"],
  ["two documents", "mode: report\n---\nmode: enforce\n"],
  ["a template", "mode: {{ .mode }}\n"],
])("%s is a problem with a line, and nothing of the file is used", (_, text) => {
  const { config, problems: found } = readConfig("portcullis.yaml", text);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ stage: "config", path: "portcullis.yaml", line: expect.any(Number) });
  expect(config).toEqual(defaultConfig);
});

test("every fault is said, not the first alone", () => {
  expect(problems("mod: report\nblock: some\n")).toHaveLength(2);
});
