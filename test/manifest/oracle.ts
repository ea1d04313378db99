import { spawnSync } from "node:child_process";
import { goProgram } from "../support/go-program.ts";

/** What Kubernetes makes of one document: see toolchain/yaml-oracle/main.go. */
export interface OracleAnswer {
  readonly yaml?: string;
  readonly error?: string;
  readonly json?: string;
  readonly split?: string;
}

/** Answers for each file how Kubernetes reads its documents. */
export type Oracle = (files: readonly Uint8Array[]) => readonly (readonly OracleAnswer[])[];

/** The oracle; undefined, said on stderr, where there is no Go. */
export async function buildOracle(): Promise<Oracle | undefined> {
  const binary = await goProgram({
    name: "yaml-oracle",
    sources: "toolchain/yaml-oracle",
    tests: "the differential tests against Kubernetes' YAML reader",
  });
  if (binary === undefined) return undefined;
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
