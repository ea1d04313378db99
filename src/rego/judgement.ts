import type { Json } from "../model/json.ts";
import type { Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Tally } from "../model/tally.ts";
import type { Cause, Judgement, Violation } from "../model/violation.ts";
import type { Answer, RuleFailure } from "./ask.ts";
import { isExcused } from "./exceptions.ts";
import type { RuleFacts } from "./policies.ts";
import type { RuleBody } from "./toolchain/protocol.ts";
import type { Result, WrongValue } from "./results.ts";
import { expectedResults, readResults } from "./results.ts";

/** The answers to a question, split into results that count, results that are excused, values that are no results, and failures. */
export interface Sorted {
  readonly found: readonly FoundResult[];
  readonly excepted: readonly FoundResult[];
  readonly wrong: readonly FoundWrong[];
  readonly problems: readonly Problem[];
  /** What conftest counts, where answers were sorted as it sorts them. */
  readonly tally?: Tally;
}

/** One result with the rule that gave it. */
export interface FoundResult {
  readonly rule: RuleFacts;
  readonly result: Result;
}

/** A value that is no result, with the rule that gave it and the manifest's position. */
export interface FoundWrong {
  readonly rule: RuleFacts;
  readonly wrong: WrongValue;
  readonly path: string;
  readonly line: number;
}

/** Finds which body of a rule gave a value; undefined if that is not known. */
export type BodyFinder = (rule: number, value: Json) => RuleBody | undefined;

/** Splits the answers to a question; results are in the order of the rules, and within a rule in the order of OPA. */
export function sortAnswer(
  question: Question,
  answer: Answer,
  rules: readonly RuleFacts[],
  describeFailure: (failure: RuleFailure) => string,
): Sorted {
  const found: FoundResult[] = [];
  const excepted: FoundResult[] = [];
  const misshapen: FoundWrong[] = [];
  const { path, line } = question.manifest.position;
  const problems = answer.failures.map((failure): Problem => ({
    stage: "evaluate",
    path,
    line,
    message: describeFailure(failure),
  }));
  for (const [index, value] of answer.rules) {
    const rule = rules[index];
    if (rule === undefined) throw new Error(`the module answered for rule ${index}, which it does not have`);
    if (!rule.usable || (question.operation === "DELETE" && !rule.readsChange)) continue;
    const { results, wrong } = readResults(value);
    const list = isExcused(answer.exceptions, rule.package, rule.name) ? excepted : found;
    list.push(...results.map((result) => ({ rule, result })));
    if (wrong !== undefined) misshapen.push({ rule, wrong, path, line });
  }
  return { found, excepted, wrong: misshapen, problems };
}

/** The judgement of a question; a result with several causes is several violations. */
export function judgementOf(
  sorted: Sorted,
  causesOf: (found: FoundResult) => readonly Cause[],
  bodyOf: BodyFinder,
): Judgement {
  return {
    violations: sorted.found.flatMap((found) => causesOf(found).map((cause) => violationOf(found, cause))),
    excepted: sorted.excepted.map((found) => violationOf(found, wholeManifest)),
    problems: [...sorted.problems, ...sorted.wrong.map((one) => wrongProblem(one, bodyOf))],
    ...(sorted.tally === undefined ? {} : { tally: sorted.tally }),
  };
}

function wrongProblem({ rule, wrong, path, line }: FoundWrong, bodyOf: BodyFinder): Problem {
  const name = nameOf(rule, bodyOf(rule.index, wrong.value));
  return {
    stage: "evaluate",
    path,
    line,
    message: `${name} returned ${wrong.description}; expected ${expectedResults}`,
  };
}

const wholeManifest: Cause = { pointer: "", stablePointer: "", precision: "manifest" };

/** The name of a rule for messages: its policy, its name and the location of the body, or of all bodies. */
export function nameOf(rule: RuleFacts, body?: RuleBody): string {
  const bodies = body === undefined ? rule.bodies : [body];
  const places = bodies.slice(0, namedBodies).map(({ path, line }) => `${path}:${line}`);
  const more = bodies.length > namedBodies ? ` and ${bodies.length - namedBodies} more` : "";
  return `policy ${rule.policy}: rule ${rule.name} (${places.join(", ")}${more})`;
}

const namedBodies = 4;

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
