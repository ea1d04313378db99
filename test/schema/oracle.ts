import { spawnSync } from "node:child_process";
import { toJsonText } from "../../src/manifest/json-text.ts";
import type { JsonObject } from "../../src/model/json.ts";
import { goProgram } from "../support/go-program.ts";

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

/** The oracle; undefined, said on stderr, where there is no Go. */
export async function buildOracle(): Promise<Oracle | undefined> {
  const binary = await goProgram({
    name: "schema-oracle",
    sources: "toolchain/schema-oracle",
    tests: "the differential tests against Kubernetes' API code",
  });
  if (binary === undefined) return undefined;
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
