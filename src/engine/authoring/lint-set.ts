import type { BuiltinCheck } from "../../model/builtin-check.ts";
import type { LintIssue } from "../../model/lint.ts";
import type { Tree } from "../../model/tree.ts";
import { withoutIgnored } from "../../rego/lint/ignore-comments.ts";
import { lintPolicies, type Linted, type LintRequest } from "../../rego/lint/lint-policies.ts";
import type { Toolchain } from "../../rego/toolchain/toolchain.ts";
import { openJudge } from "../open-judge.ts";
import { firedKey, firedRules } from "./fired-rules.ts";
import type { Fixture } from "./fixtures.ts";

/** What is linted, with the fixtures beside it. */
export interface LintedSet extends LintRequest {
  readonly fixtures: readonly Fixture[];
  /** The tree with the files of the fixtures. */
  readonly tree: Tree;
  /** Checks that know which fields there are. */
  readonly builtins: readonly BuiltinCheck[];
}

/** All issues of a policy set, without those that comments ignore, by place. */
export interface LintedIssues {
  readonly linted: Linted;
  readonly issues: readonly LintIssue[];
}

/** Lints policies with what takes their fixtures and the schemas of Kubernetes. */
export async function lintSet(set: LintedSet, toolchain: Toolchain): Promise<LintedIssues> {
  const { sources, tests, own } = set;
  const linted = await lintPolicies(set, toolchain);
  const found = [...linted.issues, ...unknownFields(linted, set), ...(await unfired(linted, set))];
  const files = [...sources.files, ...tests].filter(({ path }) => own.has(path));
  return { linted, issues: withoutIgnored(found, files, linted.problems.length === 0).toSorted(byPlace) };
}

function byPlace(a: LintIssue, b: LintIssue): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || (a.rule < b.rule ? -1 : 1);
}

function unknownFields({ fieldsRead }: Linted, { builtins }: LintedSet): readonly LintIssue[] {
  if (fieldsRead.length === 0) return [];
  return builtins
    .flatMap(({ ofPolicies }) => ofPolicies?.(fieldsRead) ?? [])
    .map(({ path, line, message }) => ({ path, line, rule: "unknown-field", message }));
}

/** The rules that no rejected fixture makes fire. */
async function unfired({ rules, problems, issues }: Linted, set: LintedSet): Promise<readonly LintIssue[]> {
  if (rules.length === 0 || problems.length > 0) return [];
  const { tree, sources, fixtures } = set;
  const now = new Date().toISOString();
  const regoVersion = issues.some(({ rule }) => rule === "v0-syntax") ? "v0" : sources.regoVersion;
  const judge = await openJudge({ ...sources, regoVersion }, now);
  try {
    const fired = await firedRules(fixtures, { tree, judge, now });
    return rules.flatMap(({ policy, name, path, line }): readonly LintIssue[] => {
      if (fired.has(firedKey(policy, name))) return [];
      const message = `no rejected fixture beside ${policy} makes ${name} fire`;
      return [{ path, line, rule: "rejected-fixture", message }];
    });
  } finally {
    await judge.close();
  }
}
