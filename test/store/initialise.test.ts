import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { openDatabase } from "../../src/store/open-database.ts";
import { until } from "../support/until.ts";

let stateDirectory: string;
let directory: string;
beforeEach(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), "portcullis-initialise-"));
  directory = join(stateDirectory, "store");
});
afterEach(() => rm(stateDirectory, { recursive: true, force: true, maxRetries: 5 }));

const opening = `const { openDatabase } = await import(${JSON.stringify(pathToFileURL(join(import.meta.dirname, "../../src/store/open-database.js")).href)});
  await openDatabase({ directory: process.argv[1] });`;

test("a server that is killed while it initialises the database finds an empty one at its next start", async () => {
  const killed = spawn(process.execPath, ["--input-type=module", "-e", opening, directory], { stdio: "ignore" });
  const draft = (): string | undefined => readdirSync(stateDirectory).find((name) => name.startsWith("store.new-"));
  // The initialisation has begun and is far from complete.
  await until(() => existsSync(join(stateDirectory, draft() ?? "none", "PG_VERSION")), "the first file of a database");
  const ended = once(killed, "exit");
  killed.kill("SIGKILL");
  await ended;
  expect(readdirSync(directory)).toEqual([]);

  const database = await openDatabase({ directory });
  expect(await database.query("select 1 as one")).toEqual([{ one: 1 }]);
  await database.query("create table kept (n int); insert into kept values (7)");
  await database.close();
  const reopened = await openDatabase({ directory });
  expect(await reopened.query("select n from kept")).toEqual([{ n: 7 }]);
  expect(await reopened.query("show shared_buffers")).toEqual([{ shared_buffers: "16MB" }]);
  await reopened.close();
  expect(readdirSync(stateDirectory)).toEqual(["store"]);
});

test("a directory of something else is neither used nor replaced", async () => {
  mkdirSync(directory);
  writeFileSync(join(directory, "notes"), "mine");
  await expect(openDatabase({ directory })).rejects.toThrow(
    `${directory} holds files but no database (PG_VERSION is missing). Restore it from a backup, or move it away to start with an empty one.`,
  );
  expect(readdirSync(stateDirectory)).toEqual(["store"]);
  expect(readdirSync(directory)).toEqual(["notes"]);
});
