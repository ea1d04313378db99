import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What Kubernetes makes of one document: see toolchain/yaml-oracle/main.go. */
export interface OracleAnswer {
  readonly yaml?: string;
  readonly error?: string;
  readonly json?: string;
  readonly split?: string;
}

/** Answers for each file how Kubernetes reads its documents. */
export type Oracle = (files: readonly Uint8Array[]) => readonly (readonly OracleAnswer[])[];

const SOURCES = "toolchain/yaml-oracle";

/** Builds the oracle with Go, once for each state of its sources; undefined, said on stderr, where there is no Go. */
export function buildOracle(): Oracle | undefined {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(SOURCES, name)));
  const folder = join(tmpdir(), `portcullis-yaml-oracle-${hash.digest("hex").slice(0, 16)}`);
  const binary = join(folder, "oracle");
  if (!existsSync(binary)) {
    mkdirSync(folder, { recursive: true });
    const built = join(folder, `oracle-${process.pid}`);
    const { status, stderr, error } = spawnSync("go", ["build", "-trimpath", "-o", built, "."], { cwd: SOURCES });
    if (status !== 0) {
      const why = error === undefined ? String(stderr) : error.message;
      process.stderr.write(`SKIPPED: the differential tests against Kubernetes' YAML reader need Go (${why.trim()})\n`);
      return undefined;
    }
    renameSync(built, binary);
  }
  return (files) => ask(binary, files);
}

function ask(binary: string, files: readonly Uint8Array[]): readonly (readonly OracleAnswer[])[] {
  const input = Buffer.concat(files.flatMap((file) => [lengthOf(file), file]));
  const { status, stdout, stderr } = spawnSync(binary, { input, maxBuffer: 2 ** 31 - 1 });
  if (status !== 0) throw new Error(`The YAML oracle failed: ${String(stderr)}`);
  const answers: (readonly OracleAnswer[])[] = [];
  for (let at = 0; at < stdout.length;) {
    const length = stdout.readUInt32BE(at);
    answers.push(JSON.parse(stdout.toString("utf8", at + 4, at + 4 + length)) as readonly OracleAnswer[]);
    at += 4 + length;
  }
  return answers;
}

function lengthOf(file: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(file.length);
  return bytes;
}
