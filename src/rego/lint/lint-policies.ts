import type { JsonObject } from "../../model/json.ts";
import type { FieldRead } from "../../model/judge.ts";
import type { LintIssue, LintRule } from "../../model/lint.ts";
import { lintRules } from "../../model/lint.ts";
import type { PolicyFile, PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { compileSources } from "../compile-sources.ts";
import { describePolicies } from "../policies.ts";
import { fieldsRead } from "../reading/fields-read.ts";
import { readModule } from "../reading/module.ts";
import type { LintAnswer } from "../toolchain/protocol.ts";
import type { Toolchain } from "../toolchain/toolchain.ts";
import { isCombined } from "../combined-sources.ts";
import { reachIn } from "../reading/reach.ts";
import { otherInputs } from "../unfit/input-shape.ts";
import { unknownKeys } from "../unfit/metadata-keys.ts";
import { unknownData } from "../unfit/unknown-data.ts";
import { metadataIssues } from "./metadata-issues.ts";
import { parameterIssues } from "./parameter-issues.ts";

/** What is linted: `own` are the policies and tests in question, the rest of the set is there to resolve them. */
export interface LintRequest {
  readonly sources: PolicySources;
  readonly tests: readonly PolicyFile[];
  readonly own: ReadonlySet<string>;
  readonly data: JsonObject;
}

/** What was found, before comments are heeded. */
export interface Linted {
  readonly issues: readonly LintIssue[];
  /** The deciding rules of the linted policies. */
  readonly rules: readonly {
    readonly policy: string;
    readonly name: string;
    readonly path: string;
    readonly line: number;
  }[];
  /** For the rule that needs the schemas of Kubernetes. */
  readonly fieldsRead: readonly FieldRead[];
  readonly formatted: LintAnswer["formatted"];
  readonly problems: readonly Problem[];
}

/** Lints policies by their text and syntax. */
export async function lintPolicies(request: LintRequest, toolchain: Toolchain): Promise<Linted> {
  const { sources, tests, own, data } = request;
  const regoVersion = sources.regoVersion;
  const modules = [...sources.files, ...tests].map(({ path, text }) => ({ path, text, regoVersion }));
  const outcome = await toolchain.lint({ modules });
  if (outcome.kind === "failed")
    return {
      issues: [],
      rules: [],
      fieldsRead: [],
      formatted: [],
      problems: [{ stage: "compile", message: outcome.message }],
    };
  const { answer } = outcome;
  const problems = answer.errors.map(({ path, line, column, code, message }): Problem => {
    const place = path === "" ? {} : { path, line, column };
    return { stage: "compile", ...place, message: `${code}: ${message}` };
  });
  const syntax = answer.issues.map(({ rule, ...issue }): LintIssue => ({
    ...issue,
    rule: isRule(rule) ? rule : "strict-mode",
  }));
  const formatted = answer.formatted.filter(({ path }) => own.has(path));
  const layout = formatted.flatMap(({ path, text, v0 }) => {
    const before = [...sources.files, ...tests].find((file) => file.path === path)?.text ?? "";
    return v0 ? [] : [issue("format", path, firstDifference(before, text), "it is not formatted")];
  });
  if (problems.length > 0)
    return { issues: only([...syntax, ...layout]), rules: [], fieldsRead: [], formatted, problems };
  const compiled = await compileSources(versioned(sources, answer), toolchain);
  const described = describePolicies(compiled.answer?.rules ?? []);
  const rules = described.rules.filter(({ path }) => own.has(path));
  const read = sources.files.map(readModule);
  // Other packages run only where somebody names them: they may be the source of a template, which reads a review.
  const run = rules.filter((rule) => rule.package === "main" || rule.annotations.length > 0);
  const warnings = (rule: LintRule, found: readonly Omit<LintIssue, "rule">[]): readonly LintIssue[] =>
    found.map(({ path, line, message }) => ({ path, line, rule, message }));
  return {
    issues: only([
      ...syntax,
      ...layout,
      ...metadataIssues(rules, sources.files),
      ...parameterIssues(read, rules),
      ...warnings("metadata-key", unknownKeys(sources.files, described.rules)),
      ...warnings("unknown-data", unknownData(read, data)),
      ...otherInputs(run, reachIn(read), isCombined(sources)).map(({ path = "", line = 1, message }) =>
        issue("other-input", path, line, message.replace(/^policy \S+: /, "")),
      ),
    ]),
    rules: rules.map(({ policy, name, path, line }) => ({ policy, name, path, line })),
    fieldsRead: fieldsRead(read).filter(({ path }) => own.has(path)),
    formatted,
    problems: [...compiled.problems, ...described.problems],
  };

  function only(issues: readonly LintIssue[]): readonly LintIssue[] {
    return issues.filter(({ path }) => own.has(path));
  }
}

function issue(rule: LintRule, path: string, line: number, message: string): LintIssue {
  return { path, line, rule, message };
}

function isRule(id: string): id is LintRule {
  return Object.hasOwn(lintRules, id);
}

/** A set is compiled with one version: that of v0 files, if there are any; files that import rego.v1 stay v1. */
function versioned(sources: PolicySources, { issues }: LintAnswer): PolicySources {
  const isV0 = issues.some(({ rule }) => rule === "v0-syntax");
  return { ...sources, ...(isV0 ? { regoVersion: "v0" as const } : {}), namespaces: "*", allowEmpty: true };
}

/** The 1-based line at which two texts begin to differ. */
function firstDifference(before: string, after: string): number {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const at = a.findIndex((line, index) => line !== b[index]);
  return at < 0 ? a.length : at + 1;
}
