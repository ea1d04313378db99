import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const hasTests = (directory: string): boolean =>
  readdirSync(directory, { recursive: true, encoding: "utf8" }).some((name) => name.endsWith("_test.go"));

const modules = readdirSync("toolchain")
  .filter((name) => existsSync(join("toolchain", name, "go.mod")))
  .filter((name) => hasTests(join("toolchain", name)));

const go = spawnSync("go", ["version"], { encoding: "utf8" });
const isThere = go.status === 0;
if (!isThere) process.stderr.write("SKIPPED: the unit tests of the toolchain's Go code need Go\n");

test("the modules with unit tests are known", () => {
  expect(modules).toEqual(["helm", "kustomize", "opa"]);
});

(isThere ? test : test.skip).each(modules)(
  "the unit tests of toolchain/%s pass",
  (name) => {
    // The tests are vetted by nothing but their outcome: vetting loads every module that they link.
    const { status, stdout, stderr } = spawnSync("go", ["test", "-vet=off", "./..."], {
      cwd: join("toolchain", name),
      encoding: "utf8",
      env: { ...process.env, GOWORK: "off" },
    });
    expect({ status, output: status === 0 ? "" : stdout + stderr }).toEqual({ status: 0, output: "" });
  },
  600_000,
);
