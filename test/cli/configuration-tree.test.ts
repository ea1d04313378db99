import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { configurationOnDisk } from "../../src/cli/read-configuration.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "portcullis-configuration-"));
});

afterEach(() => rmSync(home, { recursive: true }));

/** The files that are listed beside a configuration that lies among many others. */
async function beside(configuration: string): Promise<readonly string[]> {
  const files = ["policies/a.rego", "rules/b.rego", "rules/data/c.json", "work/large/d.yaml", "e.rego"];
  for (const path of files) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), "");
  }
  writeFileSync(join(home, "gate.yaml"), configuration);
  mkdirSync(join(home, "repository"));
  const { tree } = await configurationOnDisk("../gate.yaml", join(home, "repository"));
  return (await tree.list()).map(({ path }) => path).filter((path) => path.includes("/"));
}

// The directory of a configuration may be a home directory, which takes minutes to list.
test.each<[string, string, readonly string[]]>([
  ["names no policies", "version: 1\n", ["policies/a.rego"]],
  ["names policies", "version: 1\npolicies: [rules]\n", ["policies/a.rego", "rules/b.rego", "rules/data/c.json"]],
  ["names the library", 'version: 1\npolicies: ["@portcullis/library"]\n', ["policies/a.rego"]],
  ["names a file that is not there", "version: 1\npolicies: [gone/deep/a.rego]\n", ["policies/a.rego"]],
  ["names paths that lead out", "version: 1\npolicies: [../rules]\ndata: [/etc]\n", ["policies/a.rego"]],
])("beside a configuration that %s, only what may be policies is listed", async (_, configuration, expected) => {
  expect(await beside(configuration)).toEqual(expected);
});
