import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { JsonObject } from "../../src/model/json.ts";

export interface OracleQuestion {
  readonly object: JsonObject;
  readonly crd?: JsonObject;
}

/** What Kubernetes' own code says of an object: see toolchain/schema-oracle/main.go. */
export interface OracleAnswer {
  readonly unknown: readonly string[];
  readonly errors: readonly string[];
}

export type Oracle = (questions: readonly OracleQuestion[]) => readonly OracleAnswer[];

const SOURCES = "toolchain/schema-oracle";

/** Builds the oracle with Go, once for each state of its sources; undefined, said on stderr, where there is no Go. */
export function buildOracle(): Oracle | undefined {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(SOURCES, name)));
  const folder = join(tmpdir(), `portcullis-schema-oracle-${hash.digest("hex").slice(0, 16)}`);
  const binary = join(folder, "oracle");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const built = join(folder, `oracle-${process.pid}`);
    const { status, stderr, error } = spawnSync("go", ["build", "-trimpath", "-o", built, "."], { cwd: SOURCES });
    if (status !== 0) {
      const why = error === undefined ? String(stderr) : error.message;
      process.stderr.write(`SKIPPED: the differential tests against Kubernetes' API code need Go (${why.trim()})\n`);
      return undefined;
    }
    renameSync(built, binary);
  }
  return (questions) => {
    const input = questions.map((question) => `${toJsonText({ ...question })}\n`).join("");
    const { status, stdout, stderr } = spawnSync(binary, { input, encoding: "utf8", maxBuffer: 2 ** 31 - 1 });
    if (status !== 0) throw new Error(`The schema oracle failed: ${stderr}`);
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as OracleAnswer);
  };
}
