import type { Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Cause, Judgement, Violation } from "../model/violation.ts";
import type { Answer, RuleFailure } from "./ask.ts";
import { isExcused } from "./exceptions.ts";
import type { RuleFacts } from "./policies.ts";
import type { Result } from "./results.ts";
import { expectedResults, readResults } from "./results.ts";

/** The answers to a question, split into results that count, results that are excused, and failures. */
export interface Sorted {
  readonly found: readonly FoundResult[];
  readonly excepted: readonly FoundResult[];
  readonly problems: readonly Problem[];
}

/** One result with the rule that gave it. */
export interface FoundResult {
  readonly rule: RuleFacts;
  readonly result: Result;
}

/** Splits the answers to a question; results are in the order of the rules, and within a rule in the order of OPA. */
export function sortAnswer(
  question: Question,
  answer: Answer,
  rules: readonly RuleFacts[],
  describeFailure: (failure: RuleFailure) => string,
): Sorted {
  const found: FoundResult[] = [];
  const excepted: FoundResult[] = [];
  const { path, line } = question.manifest.position;
  const problem = (message: string): Problem => ({ stage: "evaluate", path, line, message });
  const problems = answer.failures.map((failure) => problem(describeFailure(failure)));
  for (const [index, value] of answer.rules) {
    const rule = rules[index];
    if (rule === undefined) throw new Error(`the module answered for rule ${index}, which it does not have`);
    if (!rule.usable || (question.operation === "DELETE" && !rule.readsChange)) continue;
    const { results, wrong } = readResults(value);
    const list = isExcused(answer.exceptions, rule.package, rule.name) ? excepted : found;
    list.push(...results.map((result) => ({ rule, result })));
    if (wrong !== undefined) problems.push(problem(`${nameOf(rule)} returned ${wrong}; expected ${expectedResults}`));
  }
  return { found, excepted, problems };
}

/** The judgement of a question; a result with several causes is several violations. */
export function judgementOf(sorted: Sorted, causesOf: (found: FoundResult) => readonly Cause[]): Judgement {
  return {
    violations: sorted.found.flatMap((found) => causesOf(found).map((cause) => violationOf(found, cause))),
    excepted: sorted.excepted.map((found) => violationOf(found, wholeManifest)),
    problems: sorted.problems,
  };
}

const wholeManifest: Cause = { pointer: "", stablePointer: "", precision: "manifest" };

/** The name of a rule for messages: its policy, its name and its location. */
export function nameOf(rule: RuleFacts): string {
  return `policy ${rule.policy}: rule ${rule.name} (${rule.path}:${rule.line})`;
}

function violationOf({ rule, result }: FoundResult, cause: Cause): Violation {
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
