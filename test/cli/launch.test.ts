import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith } from "./run-portcullis.ts";

const root = join(import.meta.dirname, "../../..");
const main = join(root, "dist/src/cli/main.cjs");
const policy = `package main
deny contains msg if {
  input.kind == "Pod"
  msg := sprintf("no %s", [input.metadata.name])
}`;

function spawned(entry: string, cwd: string, cache: string, args: readonly string[]): object {
  const env = { ...process.env, PORTCULLIS_CACHE_DIR: cache };
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], { cwd, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("what is kept between runs changes nothing, and neither does damage to it", () => {
  const cwd = directoryWith({
    "policy/p.rego": policy,
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n",
  });
  const cache = mkdtempSync(join(tmpdir(), "portcullis-launch-"));
  const args = ["check", "-o", "json", "--now", "2027-01-01T00:00:00Z"];
  const first = spawned(main, cwd, cache, args);
  const kept = readdirSync(join(cache, "code"));
  expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{64}-v\d.*-check\.bin$/)]);
  const path = join(cache, "code", String(kept[0]));
  const code = readFileSync(path);
  expect(first).toEqual({ status: 1, stderr: expect.any(String), stdout: expect.stringContaining('"no a"') });
  expect(spawned(main, cwd, cache, args)).toEqual(first);
  expect(readFileSync(path).equals(code)).toBe(true);
  for (const damaged of [Buffer.alloc(0), code.subarray(0, 1000), Buffer.from(code).fill(7, 64, 4096)]) {
    writeFileSync(path, damaged);
    expect(spawned(main, cwd, cache, args)).toEqual(first);
    expect(readFileSync(path).length).toBeGreaterThan(100_000);
  }
});

test.each([
  { name: "the version", args: ["--version"] },
  { name: "help", args: ["check", "--help"] },
  { name: "wrong usage", args: ["check", "--nonsense"] },
  { name: "a command that is not there", args: ["nonsense"] },
])("the bundle and the modules it is made of say the same: $name", ({ args }) => {
  const cache = mkdtempSync(join(tmpdir(), "portcullis-launch-"));
  const entry = join(cache, "modules.mjs");
  const modules = join(root, "dist/src/cli/process.js");
  writeFileSync(entry, `import { runAsProcess } from ${JSON.stringify(modules)};\nawait runAsProcess();\n`);
  expect(spawned(main, root, cache, args)).toEqual(spawned(entry, root, cache, args));
});

test("the server's modules are reached from the bundle", () => {
  const cache = mkdtempSync(join(tmpdir(), "portcullis-launch-"));
  const env = { APP_ID: "", PRIVATE_KEY: "", PRIVATE_KEY_PATH: "", WEBHOOK_SECRET: "" };
  for (let runs = 0; runs < 2; runs++) {
    const result = spawnSync(process.execPath, [main, "serve"], {
      env: { ...process.env, PORTCULLIS_CACHE_DIR: cache, ...env },
      encoding: "utf8",
    });
    expect(result.stdout + result.stderr).toContain("portcullis serve cannot start");
  }
});
