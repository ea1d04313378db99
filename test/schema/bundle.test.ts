import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import type { Schema } from "../../src/schema/schema.ts";

const directory = "toolchain/dist/schemas";
const manifest = JSON.parse(readFileSync(join(directory, "manifest.json"), "utf8")) as {
  readonly kubernetes: readonly string[];
  readonly packed: { readonly file: string; readonly sha256: string; readonly bytes: number };
  readonly sources: string;
  readonly modules: Readonly<Record<string, string>>;
};
const source = openSchemaBundle();

test("The bundle is what its manifest describes, with the licence of what it is made of", () => {
  const packed = readFileSync(join(directory, manifest.packed.file));
  expect(createHash("sha256").update(packed).digest("hex")).toBe(manifest.packed.sha256);
  expect(packed.length).toBeLessThan(1 << 20);
  const notices = readFileSync(join(directory, "THIRD_PARTY_NOTICES.txt"), "utf8");
  expect(notices).toContain("Apache License");
  for (const module of Object.keys(manifest.modules)) expect(notices).toContain(module);
});

test("The scripts beside it are those it was made by", async () => {
  const scripts = resolve("toolchain/schemas");
  const { scriptsDigest } = (await import(pathToFileURL(join(scripts, "sources.mjs")).href)) as {
    readonly scriptsDigest: (directory: string) => string;
  };
  expect(scriptsDigest(scripts)).toBe(manifest.sources);
});

test("It has every version from 1.29 on without a gap", () => {
  expect(source.versions).toEqual(manifest.kubernetes);
  const minors = source.versions.map((version) => Number(version.slice(2)));
  expect(minors).toEqual(minors.map((_, index) => (minors[0] ?? 0) + index));
  expect(minors[0]).toBeLessThanOrEqual(29);
});

test("Every schema of every version can be followed to its end, and is closed wherever it names fields", () => {
  for (const version of source.versions) {
    const seen = new Set<Schema>();
    const follow = (schema: Schema): void => {
      if (schema.$ref !== undefined) return follow(source.definition(version, schema.$ref));
      if (seen.has(schema)) return;
      seen.add(schema);
      const known = [undefined, "object", "array", "string", "integer", "number", "boolean"];
      expect(known).toContain(schema.type);
      if (schema.type === "array") expect(schema.items).toBeDefined();
      for (const inner of Object.values(schema.properties ?? {})) follow(inner);
      if (schema.items !== undefined) follow(schema.items);
      if (typeof schema.additionalProperties === "object") follow(schema.additionalProperties);
    };
    let kinds = 0;
    for (const [apiVersion, names] of source.served(version)) {
      for (const kind of names) {
        const schema = source.schemaOf(version, apiVersion, kind);
        expect(schema?.properties?.["apiVersion"]).toBeDefined();
        if (schema !== undefined) follow(schema);
        kinds += 1;
      }
    }
    expect(kinds).toBeGreaterThan(60);
  }
});

test("No kind is served by a version in which it is said to be gone, or not yet there", () => {
  for (const version of source.versions) {
    const minor = Number(version.slice(2));
    for (const [apiVersion, kinds] of source.served(version)) {
      for (const kind of kinds) {
        const { introduced = 0, removed = Infinity } = source.lifeOf(apiVersion, kind) ?? {};
        expect([apiVersion, kind, introduced <= minor, minor < removed]).toEqual([apiVersion, kind, true, true]);
      }
    }
  }
});

const go = spawnSync("go", ["version"], { encoding: "utf8" });
const rebuilds = process.env["PORTCULLIS_SWEEP"] !== undefined && go.status === 0;
if (!rebuilds)
  console.warn("skipped: rebuilding the bundle of schemas (needs Go, the module proxy and PORTCULLIS_SWEEP=1)");

(rebuilds ? test : test.skip)("It is rebuilt byte for byte from the Go modules it names", () => {
  const built = spawnSync(process.execPath, ["toolchain/schemas/build.mjs", "--verify"], { encoding: "utf8" });
  expect(built.stdout).toContain("rebuilt byte for byte");
});
