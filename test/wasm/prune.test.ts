import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { pruneDirectory } from "../../src/wasm/prune.ts";

test("the oldest files go, but none that is younger than an hour", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-prune-"));
  const ages = { now: 0, minutes: 600, hours: 7200, days: 200_000, weeks: 2_000_000 };
  for (const [name, seconds] of Object.entries(ages)) {
    writeFileSync(join(directory, name), name);
    const time = Date.now() / 1000 - seconds;
    utimesSync(join(directory, name), time, time);
  }
  await pruneDirectory(directory, 4);
  expect(readdirSync(directory)).toEqual(["days", "hours", "minutes", "now"]);
  await pruneDirectory(directory, 1);
  expect(readdirSync(directory)).toEqual(["minutes", "now"]);
  rmSync(directory, { recursive: true });
});

test("a directory that is not there is no trouble", async () => {
  await expect(pruneDirectory("/nowhere/at/all", 1)).resolves.toBeUndefined();
});
