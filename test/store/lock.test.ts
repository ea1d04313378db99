import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lockStateDirectory, StateDirectoryBusy } from "../../src/store/lock.ts";

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "portcullis-lock-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true, force: true });
});

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once("exit", done));
  child.kill("SIGKILL");
  await gone;
}

/** Another process that takes the lock and says "held" or why not. */
function other(where: string): Promise<{ said: string; child: ChildProcess }> {
  const module = new URL("../../src/store/lock.js", import.meta.url).href;
  const script = `import { lockStateDirectory } from ${JSON.stringify(module)};
    try { await lockStateDirectory(${JSON.stringify(where)}); console.log("held"); setInterval(() => {}, 1000); }
    catch (error) { console.log(error.name); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return new Promise((done) =>
    child.stdout?.once("data", (said: Buffer) => done({ said: said.toString().trim(), child })),
  );
}

test("a second process on the same state directory is refused", async () => {
  const lock = await lockStateDirectory(directory);
  await expect(lockStateDirectory(directory)).rejects.toThrow(StateDirectoryBusy);
  expect((await other(directory)).said).toBe("StateDirectoryBusy");
  await lock.release();
  expect((await other(directory)).said).toBe("held");
});

test("a lock left by a process that was killed does not stop the next one", async () => {
  const { said, child } = await other(directory);
  expect(said).toBe("held");
  await killed(child);
  await (await lockStateDirectory(directory)).release();
});

test("of several processes that find the same stale lock one goes on", async () => {
  for (let round = 0; round < 5; round++) {
    const { said, child } = await other(directory);
    expect(said).toBe("held");
    await killed(child);
    const answers = await Promise.all(Array.from({ length: 6 }, () => other(directory)));
    expect(answers.filter((answer) => answer.said === "held")).toHaveLength(1);
    expect(answers.filter((answer) => answer.said === "StateDirectoryBusy")).toHaveLength(5);
    for (const answer of answers) if (answer.said === "held") await killed(answer.child);
  }
  expect((await readdir(directory)).filter((name) => name.startsWith("lock-"))).toHaveLength(1);
});

test("callers within one process that find the same stale lock are told apart", async () => {
  for (let round = 0; round < 20; round++) {
    const { child } = await other(directory);
    await killed(child);
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => lockStateDirectory(directory)));
    const held = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    expect(held).toHaveLength(1);
    await held[0]?.release();
  }
}, 60_000);

test("a path too long for a socket is locked all the same", async () => {
  const long = join(directory, "a".repeat(60), "b".repeat(60));
  await mkdir(long, { recursive: true });
  const lock = await lockStateDirectory(long);
  expect((await other(long)).said).toBe("StateDirectoryBusy");
  await lock.release();
});
