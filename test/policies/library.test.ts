import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";

interface Run {
  readonly outcomes: readonly unknown[];
  readonly problems: readonly unknown[];
  readonly coverage: {
    readonly files: readonly {
      readonly path: string;
      readonly percentage: number;
      readonly lines: readonly { readonly line: number; readonly hits: number }[];
    }[];
  };
}

const categories = readdirSync("policies", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !["frameworks", "lib", "profiles"].includes(entry.name))
  .map(({ name }) => name);
/** Lines of the shared modules that some category reaches, and all of them. */
const reached = new Set<string>();
const all = new Set<string>();

// By category: together they take long to compile on a busy machine.
test.each(categories)(
  "every policy of %s passes its tests and fixtures, and every line of it is reached",
  (category) => {
    const arguments_ = [
      "dist/src/cli/main.cjs",
      "test",
      `policies/${category}`,
      "policies/lib",
      "--coverage",
      "-o",
      "json",
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, arguments_, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { outcomes, problems, coverage } = JSON.parse(stdout) as Run;
    expect(problems).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(0);
    const own = coverage.files.filter(({ path }) => !path.startsWith("policies/lib/"));
    expect(own.filter(({ percentage }) => percentage < 100).map(({ path }) => path)).toEqual([]);
    for (const { path, lines } of coverage.files) {
      if (!path.startsWith("policies/lib/")) continue;
      for (const { line, hits } of lines) {
        all.add(`${path}:${line}`);
        if (hits > 0) reached.add(`${path}:${line}`);
      }
    }
  },
  600_000,
);

test("every line of the shared modules is reached", () => {
  expect([...all].filter((line) => !reached.has(line))).toEqual([]);
});
