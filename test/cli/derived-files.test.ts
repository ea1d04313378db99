import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { openDerivedFiles } from "../../src/cli/derived-files.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const cache = mkdtempSync(join(tmpdir(), "portcullis-derived-"));
const files = (): readonly string[] => readdirSync(join(cache, "derived")).map((name) => join(cache, "derived", name));

beforeEach(async () => {
  rmSync(join(cache, "derived"), { recursive: true, force: true });
  const derived = openDerivedFiles(cache, "build");
  derived.set("a", new Map([["x", new Set([1])]]));
  await derived.save();
});
afterAll(() => rmSync(cache, { recursive: true }));

test("what one run derived is known to the next of the same build", () => {
  expect(openDerivedFiles(cache, "build").get("a")).toEqual(new Map([["x", new Set([1])]]));
  expect(openDerivedFiles(cache, "build").get("b")).toBeUndefined();
  expect(openDerivedFiles(cache, "other").get("a")).toBeUndefined();
  expect(openDerivedFiles(cache, undefined).get("a")).toBeUndefined();
});

test.each([
  ["changed", (bytes: Buffer) => bytes.fill(1, bytes.length - 1)],
  ["cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ["empty", () => Buffer.alloc(0)],
])("a file that is %s counts as none", (_, damage) => {
  for (const path of files()) writeFileSync(path, damage(readFileSync(path)));
  expect(openDerivedFiles(cache, "build").get("a")).toBeUndefined();
});

test("a run says the same about its policies whether they are known or not", async () => {
  const directory = directoryWith({
    "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
    "policy/main.rego":
      'package main\n\nimport rego.v1\n\nlist_deny := ["x"]\n\ndeny_list := ["y"]\n\n' +
      'deny contains "never" if {\n\tinput.kind == "Deployment"\n\tinput.spec.template.spec.contianers[_].name == "x"\n}\n\n' +
      'deny contains "data" if data.nothing.here == input.kind\n',
  });
  const run = (...options: string[]) =>
    portcullis(directory, ["check", "-o", "json", "--now", "2026-01-01T00:00:00Z", ...options]);
  const first = await run("--no-cache");
  expect(first.out).toContain("contianers");
  expect(first.out).toContain("deny_list");
  expect(first.out).toContain("data.nothing");
  expect(await run("--no-cache")).toEqual(first);
  expect(await run()).toEqual(first);
  expect(await run()).toEqual(first);
  for (const name of readdirSync(join(TEST_CACHE, "derived")))
    writeFileSync(join(TEST_CACHE, "derived", name), "damaged");
  expect(await run()).toEqual(first);
});
