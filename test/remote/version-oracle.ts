import { spawnSync } from "node:child_process";
import { goProgram } from "../support/go-program.ts";
import type { VersionList } from "./version-lists.ts";

export type Rule = `${"helm" | "flux" | "argocd"}-${"index" | "tags" | "git"}` | "flux-artifact" | "flux-chart";

/** For each list and range, the position that each rule takes: see toolchain/version-oracle/main.go. */
export type Choices = readonly (readonly { readonly [rule in Rule]: number }[])[];

/** The oracle; undefined, said on stderr, where there is no Go. */
export async function buildVersionOracle(): Promise<((lists: readonly VersionList[]) => Choices) | undefined> {
  const binary = await goProgram({
    name: "version-oracle",
    sources: "toolchain/version-oracle",
    tests: "the comparisons with the choice of versions of Helm, Flux and Argo CD",
  });
  if (binary === undefined) return undefined;
  return (lists) => {
    const { status, stdout, stderr } = spawnSync(binary, { input: JSON.stringify(lists), maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`The version oracle failed: ${String(stderr)}`);
    return JSON.parse(String(stdout)) as Choices;
  };
}
