import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { openKeptJudgements } from "../../src/cli/kept-judgements.ts";
import type { JudgedSource } from "../../src/gate/judged-source.ts";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const judged = "judged";
const cache = mkdtempSync(join(tmpdir(), "portcullis-kept-"));

// The unpacked toolchain and compiled policies stay.
afterEach(() => rmSync(join(cache, judged), { recursive: true, force: true }));
afterAll(() => rmSync(cache, { recursive: true }));

const files = (): readonly string[] => readdirSync(join(cache, judged)).map((name) => join(cache, judged, name));
const source: JudgedSource = { manifests: [], skipped: [], problems: [] };
const open = (edition: string | undefined = "build", subject = ["/repo"]) =>
  openKeptJudgements(cache, subject, edition)!;

async function keep(key: string, opened = open()): Promise<void> {
  opened.cache.sources.set(key, source);
  await opened.save();
}

describe("what one run found out", () => {
  test("is found by the next, of the same build and subject only", async () => {
    await keep("a");
    expect(open().cache.sources.get("a")).toEqual(source);
    expect(open("other build").cache.sources.get("a")).toBeUndefined();
    expect(open("build", ["/repo", "apps"]).cache.sources.get("a")).toBeUndefined();
    expect(openKeptJudgements(cache, ["/repo"], undefined)).toBeUndefined();
  });

  test("stays where a run with other policies asks for something else", async () => {
    await keep("a");
    await keep("b");
    expect(open().cache.sources.get("a")).toEqual(source);
    expect(open().cache.sources.get("b")).toEqual(source);
  });

  test("gives way where it takes more room than it may", async () => {
    const opened = open();
    opened.cache.renderings.set("mentioned\0big", "x".repeat(9 * 1024 * 1024), 0);
    await opened.save();
    await keep("b");
    expect(open().cache.renderings.get("mentioned\0big")).toBeUndefined();
    expect(open().cache.sources.get("b")).toEqual(source);
  });

  test("does not include renderings, which have files of their own", async () => {
    const opened = open();
    opened.cache.renderings.set("rendering\0a", "text", 4);
    expect(opened.cache.renderings.get("rendering\0a")).toBe("text");
    await keep("a", opened);
    expect(open().cache.renderings.get("rendering\0a")).toBeUndefined();
  });

  test.each([
    ["a changed byte", (bytes: Buffer) => bytes.fill(1, bytes.length - 1)],
    ["a missing end", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
    ["nothing", () => Buffer.alloc(0)],
  ])("is not believed with %s", async (_, damage) => {
    await keep("a");
    const [path] = files();
    writeFileSync(path!, damage(readFileSync(path!)));
    expect(open().cache.sources.get("a")).toBeUndefined();
  });
});

const policy = `package main

import rego.v1

# METADATA
# title: No latest
deny contains msg if {
  endswith(input.data.image, ":latest")
  msg := sprintf("%s uses latest", [input.metadata.name])
}
`;
const configMap = (name: string, image: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { image: "${image}" }\n`;

describe("a second check", () => {
  const check = (directory: string, ...more: readonly string[]) =>
    portcullis(directory, ["check", "apps", "-p", "policy", "-o", "json", "--now", "2027-01-31", ...more], {
      PORTCULLIS_CACHE_DIR: cache,
    });

  test("gives the same report, and sees what changed in manifests and policies", async () => {
    const directory = directoryWith({
      "policy/p.rego": policy,
      "apps/a.yaml": configMap("a", "nginx:latest"),
      "apps/b.yaml": configMap("b", "nginx:1"),
    });
    const first = await check(directory);
    expect(first.code).toBe(1);
    expect(await check(directory)).toEqual(first);
    expect(await check(directory, "--no-cache")).toEqual(first);
    write(directory, { "apps/a.yaml": configMap("a", "nginx:2") });
    expect((await check(directory)).code).toBe(0);
    write(directory, { "policy/p.rego": policy.replace(":latest", ":1") });
    const changed = await check(directory);
    expect(changed.code).toBe(1);
    expect(changed.out).toContain("b uses latest");
    expect(await check(directory, "--no-cache")).toEqual(changed);
  });

  test("judges a manifest anew where the judgement of it was damaged", async () => {
    const directory = directoryWith({ "policy/p.rego": policy, "apps/a.yaml": configMap("a", "nginx:latest") });
    const first = await check(directory);
    for (const path of files()) writeFileSync(path, readFileSync(path).fill(0, 40, 60));
    expect(await check(directory)).toEqual(first);
  });

  test("keeps nothing with --no-cache", async () => {
    const directory = directoryWith({ "policy/p.rego": policy, "apps/a.yaml": configMap("a", "nginx:1") });
    await check(directory, "--no-cache");
    expect(readdirSync(cache)).not.toContain(judged);
  });

  test("beside another one on the same files gives what one alone gives", async () => {
    const directory = directoryWith({ "policy/p.rego": policy, "apps/a.yaml": configMap("a", "nginx:latest") });
    const [one, other] = await Promise.all([check(directory), check(directory)]);
    expect(one).toEqual(other);
    expect(await check(directory)).toEqual(one);
    expect(files()).toHaveLength(1);
  });
});
