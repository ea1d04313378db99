import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";

interface Linted {
  readonly issues: readonly { readonly path: string; readonly line: number; readonly rule: string }[];
  readonly problems: readonly string[];
}

const categories = readdirSync("policies", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["frameworks", "profiles"].includes(entry.name))
  .map(({ name }) => name);

// One run for all: what policies share is read once.
const arguments_ = ["dist/src/cli/main.cjs", "lint", "policies", "-o", "json"];
const { stdout } = spawnSync(process.execPath, arguments_, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
const linted = JSON.parse(stdout) as Linted;

test.each(categories)("portcullis lint finds nothing in the policies of %s", (category) => {
  const own = linted.issues.filter(({ path }) => path.startsWith(`policies/${category}/`));
  expect(own.map(({ path, line, rule }) => `${path}:${line}: ${rule}`)).toEqual([]);
});

test("all of them are linted", () => {
  expect(linted.problems).toEqual([]);
  expect(linted.issues).toEqual([]);
});
