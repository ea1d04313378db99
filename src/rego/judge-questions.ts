import type { Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Cause, Judgement, Violation } from "../model/violation.ts";
import type { Answer, RuleFailure } from "./ask.ts";
import { isExcused } from "./exceptions.ts";
import type { RuleFacts } from "./policies.ts";
import type { Result } from "./results.ts";
import { expectedResults, readResults } from "./results.ts";

/** Finds where a violation arises; undefined where nothing is known of it. */
export type FindCause = (rule: RuleFacts, result: Result) => Cause | undefined;

const wholeManifest: Cause = { pointer: "", stablePointer: "", precision: "manifest" };

/** Turns what the policies answered for a question into violations, excused ones and problems. */
export function judgementOf(
  question: Question,
  answer: Answer,
  rules: readonly RuleFacts[],
  findCause: FindCause,
  describeFailure: (failure: RuleFailure) => string,
): Judgement {
  const violations: Violation[] = [];
  const excepted: Violation[] = [];
  const { path, line } = question.manifest.position;
  const problem = (message: string): Problem => ({ stage: "evaluate", path, line, message });
  const problems = answer.failures.map((failure) => problem(describeFailure(failure)));
  for (const [index, value] of answer.rules) {
    const rule = rules[index];
    if (rule === undefined) throw new Error(`the module answered for rule ${index}, which it does not have`);
    if (!rule.usable || (question.operation === "DELETE" && !rule.readsChange)) continue;
    const { results, wrong } = readResults(value);
    const list = isExcused(answer.exceptions, rule.package, rule.name) ? excepted : violations;
    for (const result of results) list.push(violationOf(rule, result, findCause(rule, result) ?? wholeManifest));
    if (wrong !== undefined) problems.push(problem(`${nameOf(rule)} gave ${wrong}; expected ${expectedResults}`));
  }
  return { violations, excepted, problems };
}

/** How people find a rule: its policy, its name and where it stands. */
export function nameOf(rule: RuleFacts): string {
  return `policy ${rule.policy}: rule ${rule.name} (${rule.path}:${rule.line})`;
}

function violationOf(rule: RuleFacts, result: Result, cause: Cause): Violation {
  return {
    policy: rule.policy,
    rule: rule.name,
    level: rule.level,
    message: result.message,
    cause,
    ...(result.declared === undefined ? {} : { declared: result.declared }),
    ...(result.metadata === undefined ? {} : { metadata: result.metadata }),
    readsChange: rule.readsChange,
  };
}
