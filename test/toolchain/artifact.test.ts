import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const toolchain = new URL("../../../toolchain/", import.meta.url);

interface Manifest {
  readonly name: string;
  readonly sources: string;
  readonly packed: { readonly file: string; readonly sha256: string; readonly bytes: number };
  readonly modules: { readonly [path: string]: string };
}

const modules = readdirSync(new URL("dist", toolchain)).filter((name) =>
  existsSync(new URL(`dist/${name}/${name}.wasm.br`, toolchain)),
);

describe.each(modules)("the artifact %s", (name) => {
  const directory = new URL(`dist/${name}/`, toolchain);
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", directory), "utf8")) as Manifest;

  test("is the one its manifest describes", () => {
    expect(manifest.name).toBe(name);
    const bytes = readFileSync(new URL(manifest.packed.file, directory));
    expect(bytes.length).toBe(manifest.packed.bytes);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(manifest.packed.sha256);
  });

  test("was built from the sources beside it: else run `node toolchain/build.mjs NAME`", async () => {
    const { sourceDigest } = (await import(new URL("source-digest.mjs", toolchain).href)) as {
      readonly sourceDigest: (shim: string) => string;
    };
    expect(sourceDigest(fileURLToPath(new URL(name, toolchain)))).toBe(manifest.sources);
  });

  test("has notices that name every linked module in its version", () => {
    const notices = readFileSync(new URL("THIRD_PARTY_NOTICES.txt", directory), "utf8");
    const missing = Object.entries(manifest.modules).filter(
      ([path, version]) => !notices.includes(`\n${path} ${version}: `),
    );
    expect(missing).toEqual([]);
  });

  // Minutes of two cores, and only where Go is: the digests above hold sources and artifact together meanwhile.
  (process.env["PORTCULLIS_SWEEP"] === undefined ? test.skip : test)(
    "is rebuilt byte for byte (skipped: needs Go in the manifest's version, and PORTCULLIS_SWEEP=1)",
    () => {
      const script = fileURLToPath(new URL("build.mjs", toolchain));
      const { status, stdout } = spawnSync(process.execPath, [script, "--verify", name], {
        encoding: "utf8",
        timeout: 600_000,
      });
      expect([stdout, status]).toEqual([expect.stringContaining("rebuilt byte for byte"), 0]);
    },
  );
});
