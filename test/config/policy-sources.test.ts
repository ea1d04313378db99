import { expect, test } from "@jest/globals";
import { policySources } from "../../src/config/policy-sources.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { memoryTree } from "../../src/tree/memory-tree.ts";

const tree = memoryTree({
  "policies/images/tag/policy.rego": "package a",
  "policies/images/tag/policy_test.rego": "package a_test",
  "policies/images/tag/README.md": "# tag",
  "policies/lib/k8s.rego": "package lib",
  "data/root.yaml": "a: 1",
  "data/teams/core/owners.json": "{}",
  "data/teams/notes.txt": "",
  "link.rego": { symlink: "policies/lib/k8s.rego" },
  "vendor/mod": { submodule: "0123" },
  "latin.rego": new Uint8Array([0xff, 0xfe, 0xfd]),
  "empty/readme.md": "",
});

test("directories are read recursively, tests apart, data with the names of nested directories", async () => {
  const { sources, tests, problems } = await policySources(tree, { policies: ["policies"], data: ["./data/"] });
  expect(problems).toEqual([]);
  expect(sources).toEqual({
    files: [
      { path: "policies/images/tag/policy.rego", text: "package a" },
      { path: "policies/lib/k8s.rego", text: "package lib" },
    ],
    data: [
      { path: "data/root.yaml", prefix: [], text: "a: 1" },
      { path: "data/teams/core/owners.json", prefix: ["teams", "core"], text: "{}" },
    ],
    regoVersion: "v1",
  });
  expect(tests.map(({ path }) => path)).toEqual(["policies/images/tag/policy_test.rego"]);
});

test("a file named twice is read once", async () => {
  const { sources } = await policySources(tree, { policies: ["policies/lib", "policies/lib/k8s.rego"], data: [] });
  expect(sources.files).toHaveLength(1);
});

test.each([
  ["a path that is not there", "polices", "polices: no such file or directory, or no files in it"],
  ["a path out of the repository", "../policies", "../policies: expected a path inside the repository"],
  ["an absolute path", "/etc", "/etc: expected a path inside the repository"],
  ["a directory without policies", "empty", "empty: contains no file that ends in .rego"],
  [
    "a link",
    "link.rego",
    "link.rego: link.rego is a symbolic link; policies and data are read from regular files only",
  ],
  ["a submodule", "vendor", "vendor: vendor/mod is a submodule: its files are in another repository"],
])("%s is a problem at its line of the configuration", async (_, path, message) => {
  const { config, source } = readConfig("portcullis.yaml", `version: 1\npolicies:\n  - policies\n  - ${path}\n`);
  const { problems } = await policySources(tree, config, source);
  expect(problems).toEqual([{ stage: "config", path: "portcullis.yaml", line: 4, column: 5, message }]);
});

test("bytes that are no UTF-8 are a problem of the file", async () => {
  const { problems } = await policySources(tree, { policies: ["latin.rego"], data: [] });
  expect(problems).toEqual([{ stage: "read", path: "latin.rego", message: "cannot be read: it is not UTF-8" }]);
});

test("versions of Kubernetes are those of environments, and that of schemas for all others", async () => {
  const text =
    'version: 1\nschemas: { kubernetes: "1.34" }\nenvironments: { old: { paths: [a], kubernetes: "1.31" }, new: { paths: [b] } }\n';
  const { config } = readConfig("portcullis.yaml", text);
  const { environments, schemas } = config;
  const selection = { policies: [], data: [], environments, kubernetes: schemas.kubernetes };
  const { sources } = await policySources(memoryTree({}), selection);
  expect(sources.kubernetes).toEqual({ common: "1.34", environments: { old: "1.31" } });
});
