import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeOnce } from "../support/make-once.ts";

let directory: string;
let path: string;
let made: number;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "portcullis-once-"));
  path = join(directory, "program");
  made = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function make(draft: string): Promise<void> {
  const number = ++made;
  await new Promise(setImmediate);
  writeFileSync(draft, `made ${number}`);
}

test("of several that need it at once one makes it, and nothing else is left", async () => {
  expect(await Promise.all([makeOnce(path, make), makeOnce(path, make), makeOnce(path, make)])).toEqual([
    path,
    path,
    path,
  ]);
  expect(await makeOnce(path, make)).toBe(path);
  expect(readFileSync(path, "utf8")).toBe("made 1");
  expect(readdirSync(directory)).toEqual(["program"]);
});

test("what could not be made is tried again", async () => {
  const failing = (draft: string): void => {
    writeFileSync(draft, "half");
    throw new Error("no compiler");
  };
  await expect(makeOnce(path, failing)).rejects.toThrow("no compiler");
  expect(readdirSync(directory)).toEqual([]);
  await makeOnce(path, make);
  expect(readFileSync(path, "utf8")).toBe("made 1");
});

test("the lock of a process that ended is dropped", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  writeFileSync(`${path}.lock`, String(pid));
  await makeOnce(path, make);
  expect(readdirSync(directory)).toEqual(["program"]);
});
