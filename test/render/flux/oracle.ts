import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Files } from "./plan.ts";

export interface OracleCase {
  readonly files: Files;
  readonly directory: string;
  readonly kustomization: JsonObject;
  readonly overrides: Files;
}

export interface OracleBuild {
  readonly yaml?: string;
  readonly error?: string;
}

/** See toolchain/flux-oracle/main.go. */
export type Oracle = (
  cases: readonly OracleCase[],
) => readonly { readonly flux: OracleBuild; readonly ours: OracleBuild }[];

const SOURCES = "toolchain/flux-oracle";

/** Builds the oracle with Go, once for each state of its sources; undefined, said on stderr, where that cannot be done. */
export function buildOracle(): Oracle | undefined {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(SOURCES, name)));
  const folder = join(tmpdir(), `portcullis-flux-oracle-${hash.digest("hex").slice(0, 16)}`);
  const binary = join(folder, "oracle");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const built = join(folder, `oracle-${process.pid}`);
    const { status, stderr, error } = spawnSync("go", ["build", "-trimpath", "-o", built, "."], { cwd: SOURCES });
    if (status !== 0) {
      const why = error === undefined ? String(stderr) : error.message;
      process.stderr.write(`SKIPPED: the comparison with Flux's own generator needs Go (${why.trim().slice(-300)})\n`);
      return undefined;
    }
    renameSync(built, binary);
  }
  return (cases) => {
    const { status, stdout, stderr } = spawnSync(binary, { input: JSON.stringify(cases), maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`The Flux oracle failed: ${String(stderr)}`);
    return JSON.parse(String(stdout)) as ReturnType<Oracle>;
  };
}
