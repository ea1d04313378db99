import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { archivedFiles } from "../../../src/render/charts/archived-files.ts";
import { packedFiles } from "../../../src/render/charts/packed-files.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const files = new Map([
  ["web/Chart.yaml", bytes("name: web\n")],
  ["web/empty", bytes("")],
  [`web/${"ä".repeat(200)}/name`, bytes("long")],
  ["web/block", bytes("b".repeat(512))],
]);

test("what was packed is read again, by tar too", async () => {
  const packed = await packedFiles(files);
  expect(await archivedFiles(packed)).toEqual(files);
  const directory = mkdtempSync(join(tmpdir(), "portcullis-packed-"));
  writeFileSync(join(directory, "a.tgz"), packed);
  const listed = execFileSync("tar", ["--quoting-style=literal", "-tzf", "a.tgz"], {
    cwd: directory,
    encoding: "utf8",
  });
  rmSync(directory, { recursive: true });
  expect(listed.trim().split("\n")).toEqual([...files.keys()]);
});
