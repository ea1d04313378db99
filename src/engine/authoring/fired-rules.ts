import { defaultConfig } from "../../config/default-config.ts";
import { withFixtureInventories } from "../fixture-inventories.ts";
import { check } from "../../gate/check.ts";
import type { Judge } from "../../model/judge.ts";
import type { Tree } from "../../model/tree.ts";
import type { Fixture } from "./fixtures.ts";

/** The rules that some rejected fixture makes fire, as `policy rule`. */
export async function firedRules(
  fixtures: readonly Fixture[],
  { tree, judge, now }: { readonly tree: Tree; readonly judge: Judge; readonly now: string },
): Promise<ReadonlySet<string>> {
  const rejected = fixtures.filter(({ expectation }) => expectation === "rejected");
  const paths = rejected.flatMap(({ files }) => files);
  if (paths.length === 0) return new Set();
  const judged = { after: "fixtures", how: "directory" } as const;
  const apart = withFixtureInventories(
    judge,
    (path) => rejected.find(({ files }) => files.includes(path))?.path ?? path,
  );
  const report = await check({
    after: tree,
    config: defaultConfig,
    judge: apart,
    now,
    judged,
    paths,
    allowEmpty: true,
  });
  return new Set(report.findings.map(({ policy, rule }) => firedKey(policy, rule)));
}

/** How a rule is named in the set. */
export function firedKey(policy: string, rule: string): string {
  return `${policy} ${rule}`;
}
