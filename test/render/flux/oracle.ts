import { spawnSync } from "node:child_process";
import type { JsonObject } from "../../../src/model/json.ts";
import type { Files } from "./plan.ts";
import { goProgram } from "../../support/go-program.ts";

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

/** The oracle; undefined, said on stderr, where there is no Go. */
export async function buildOracle(): Promise<Oracle | undefined> {
  const binary = await goProgram({
    name: "flux-oracle",
    sources: "toolchain/flux-oracle",
    tests: "the comparisons with Flux's own generator",
  });
  if (binary === undefined) return undefined;
  return (cases) => {
    const { status, stdout, stderr } = spawnSync(binary, { input: JSON.stringify(cases), maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`The Flux oracle failed: ${String(stderr)}`);
    return JSON.parse(String(stdout)) as ReturnType<Oracle>;
  };
}
