import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "@jest/globals";
import type { CompileRequest } from "../../../src/rego/toolchain/protocol.ts";
import { createToolchain } from "../../../src/rego/toolchain/toolchain.ts";
import { isAlive } from "../../support/make-once.ts";
import { until } from "../../support/until.ts";

const cacheDir = mkdtempSync(join(tmpdir(), "portcullis-toolchain-"));
afterAll(() => rmSync(cacheDir, { recursive: true }));

const request = (name: string): CompileRequest => ({
  modules: [{ path: `${name}.rego`, text: `package main\n\ndeny contains "${name}"\n`, regoVersion: "v1" }],
});

/** One string of 360 MB: many small values reach the limit after ten times the work. */
const huge = {
  modules: [],
  query: 'part := sprintf("%0900000d", [1]); count(concat("", [part | some _ in numbers.range(1, 400)]))',
};
const endless = { modules: [], query: "count([1 | numbers.range(1, 3000)[_]; numbers.range(1, 3000)[_] < 0; false])" };

const moduleUrl = (path: string) => JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href);

test("memory beyond the cap stops the toolchain, and the next request is answered by a new one", async () => {
  const toolchain = createToolchain({ cacheDir, memoryLimitMiB: 192 });
  const first = await toolchain.compile(request("before"));
  expect(first.kind).toBe("answer");
  const pid = toolchain.pid();
  expect(await toolchain.evaluate(huge)).toMatchObject({
    kind: "failed",
    reason: "crash",
    message: expect.stringContaining("out of memory"),
  });
  expect(toolchain.pid()).toBeUndefined();
  expect(await toolchain.compile(request("after"))).toMatchObject({ kind: "answer", answer: { errors: [] } });
  expect(toolchain.pid()).not.toBe(pid);
  toolchain.close();
});

test("a request that is late kills the toolchain, and the next one is answered by a new one", async () => {
  // Of the requests the second alone has too little time, for what takes minutes.
  const deadlines = [60_000, 100, 60_000];
  const toolchain = createToolchain({ cacheDir, deadlineMs: () => deadlines.shift() ?? 0 });
  expect((await toolchain.compile(request("in time"))).kind).toBe("answer");
  const pid = toolchain.pid() ?? 0;
  expect(await toolchain.evaluate(endless)).toMatchObject({ kind: "failed", reason: "deadline" });
  await until(() => !isAlive(pid), "the process of the late request to end");
  expect(await toolchain.compile(request("after the late one"))).toMatchObject({ kind: "answer" });
  toolchain.close();
});

test("the process is let go when idle", async () => {
  const toolchain = createToolchain({ cacheDir, idleMs: 50 });
  const asked = toolchain.compile(request("idle"));
  await until(() => toolchain.pid() !== undefined, "the process to start");
  expect((await asked).kind).toBe("answer");
  await until(() => toolchain.pid() === undefined, "the idle process to end");
});

test("a program that has its answer ends by itself, without closing the toolchain", () => {
  const program = `
    import { createToolchain } from ${moduleUrl("rego/toolchain/toolchain.js")};
    const outcome = await createToolchain({ cacheDir: ${JSON.stringify(cacheDir)} }).compile(${JSON.stringify(request("program"))});
    console.log(outcome.kind);
  `;
  const { stdout, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  expect([stdout, status]).toEqual(["answer\n", 0]);
});

test("an answer from the cache starts no process, and another process finds it too", async () => {
  const first = createToolchain({ cacheDir });
  const answer = await first.compile(request("cached"));
  first.close();
  const second = createToolchain({ cacheDir });
  expect(await second.compile(request("cached"))).toEqual(answer);
  expect(second.pid()).toBeUndefined();
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ["with one bit turned", (bytes: Buffer) => bytes.with(bytes.length - 100, bytes[bytes.length - 100]! ^ 1)],
  ["emptied", () => Buffer.alloc(0)],
])("a cached answer that was %s is made anew", async (name, damage) => {
  const directory = join(cacheDir, "compiled");
  const before = new Set(readdirSync(directory));
  const toolchain = createToolchain({ cacheDir });
  const good = await toolchain.compile(request(`damaged ${name}`));
  const entry = join(directory, readdirSync(directory).find((file) => !before.has(file))!);
  const intact = readFileSync(entry);
  writeFileSync(entry, damage(intact));
  const again = createToolchain({ cacheDir });
  expect(await again.compile(request(`damaged ${name}`))).toEqual(good);
  expect(again.pid()).toBeDefined();
  expect(readFileSync(entry)).toEqual(intact);
  toolchain.close();
  again.close();
});

test("an unpacked toolchain that was damaged is unpacked anew", async () => {
  const [file] = readdirSync(join(cacheDir, "modules"));
  const path = join(cacheDir, "modules", file!);
  const size = statSync(path).size;
  writeFileSync(path, "damaged");
  const toolchain = createToolchain({ cacheDir });
  expect((await toolchain.compile(request("unpacked"))).kind).toBe("answer");
  expect(statSync(path).size).toBe(size);
  toolchain.close();
});

test("processes that start on one empty cache at the same time all get the right answer", async () => {
  const shared = mkdtempSync(join(tmpdir(), "portcullis-shared-"));
  const program = `
    import { createHash } from "node:crypto";
    import { createToolchain } from ${moduleUrl("rego/toolchain/toolchain.js")};
    const { answer } = await createToolchain({ cacheDir: ${JSON.stringify(shared)} }).compile(${JSON.stringify(request("shared"))});
    console.log(createHash("sha256").update(answer.wasm).digest("hex"));
  `;
  const digests = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise<string>((resolve, reject) => {
          const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
          let output = "";
          child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
          child.on("error", reject);
          child.on("close", () => resolve(output.trim()));
        }),
    ),
  );
  expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(digests).size).toBe(1);
  expect(readdirSync(join(shared, "modules"))).toHaveLength(1);
  expect(readdirSync(join(shared, "compiled"))).toHaveLength(1);
  rmSync(shared, { recursive: true });
});

test("two requests at once for the same set compile it once", async () => {
  const toolchain = createToolchain({ cacheDir });
  const [one, other] = await Promise.all([toolchain.compile(request("once")), toolchain.compile(request("once"))]);
  expect(one).toBe(other);
  toolchain.close();
});

test("a cache that cannot be written costs time, not the answer", async () => {
  const toolchain = createToolchain({ cacheDir: join(fileURLToPath(import.meta.url), "not-a-directory") });
  expect(await toolchain.compile(request("unwritable"))).toMatchObject({ kind: "answer" });
  toolchain.close();
});
