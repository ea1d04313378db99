import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";

const root = join(import.meta.dirname, "../../..");

test("the package holds what runs and what the licence asks for, and no source maps", () => {
  const { stdout } = spawnSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [packed] = JSON.parse(stdout) as readonly [{ readonly files: readonly { readonly path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      "LICENSE",
      "NOTICE",
      "app.yml",
      "dist/src/app/judge/judge.worker.js",
      "dist/src/cli/main.cjs",
      "policies/README.md",
      "schema/report.schema.json",
      "toolchain/dist/opa/opa.wasm.br",
      "toolchain/dist/opa/THIRD_PARTY_NOTICES.txt",
    ]),
  );
  expect(paths.filter((path) => path.endsWith(".map") || path.startsWith("dist/test/"))).toEqual([]);
});

test.each([
  { name: "dist/ that came along", built: true, stderr: "" },
  { name: "no dist/", built: false, stderr: expect.stringContaining("nothing is built") },
])("an install without development dependencies succeeds with $name", ({ built, stderr }) => {
  const copy = mkdtempSync(join(tmpdir(), "portcullis-package-"));
  cpSync(join(root, "scripts"), join(copy, "scripts"), { recursive: true });
  const main = join(copy, "dist/src/cli/main.js");
  if (built) {
    mkdirSync(dirname(main), { recursive: true });
    writeFileSync(main, "as it came\n");
  }
  const prepare = spawnSync(process.execPath, ["scripts/prepare.mjs"], { cwd: copy, encoding: "utf8" });
  expect({ status: prepare.status, stderr: prepare.stderr }).toEqual({ status: 0, stderr });
  if (built) expect(readFileSync(main, "utf8")).toBe("as it came\n");
});

test("one version of GitHub's API types is installed: each weighs 6 MB", () => {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: { readonly [path: string]: { readonly dev?: boolean } };
  };
  const copies = Object.keys(packages).filter((path) => path.endsWith("node_modules/@octokit/openapi-types"));
  expect(copies).toEqual(["node_modules/@octokit/openapi-types"]);
});
