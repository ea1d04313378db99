import type { Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import { sumTallies, testsOf, type Tally } from "../model/tally.ts";
import type { Answer, RuleFailure } from "./ask.ts";
import { excusesOf } from "./exceptions.ts";
import type { FoundResult, FoundWrong, Sorted } from "./judgement.ts";
import type { RuleFacts } from "./policies.ts";
import { readItem } from "./results.ts";
import type { RegoValue } from "./value/rego-value.ts";
import { isArray, isSet } from "./value/rego-value.ts";

/** The answers to a question as conftest sorts them, and what it counts. */
export interface ConftestSorted extends Sorted {
  readonly tally: Tally;
}

/**
 * Sorts the answers to a question as conftest does: what is neither a message nor an object is ignored, a rule whose value is
 * no list passes, and what failed by its name is a failure.
 */
export function sortAsConftest(
  question: Question,
  answer: Answer,
  rules: readonly RuleFacts[],
  describeFailure: (failure: RuleFailure) => string,
): ConftestSorted {
  const { path, line } = question.manifest.position;
  const values = new Map(answer.rules);
  const found: FoundResult[] = [];
  const excepted: FoundResult[] = [];
  const wrong: FoundWrong[] = [];
  const counts = new Map<string, PackageCount>();
  for (const rule of rules) {
    if (rule.shape === "object") continue;
    const count = counts.get(rule.package) ?? { bodies: 0, tallies: [] };
    counts.set(rule.package, count);
    count.bodies += rule.bodies.length;
    const read = readValue(values.get(rule.index) ?? (rule.shape === "set" ? [] : undefined));
    const results = read.results.map((result) => ({ rule, result }));
    const exceptions = excusesOf(answer.exceptions, rule.package, rule.name);
    if (read.wrong !== undefined) wrong.push({ rule, wrong: read.wrong, path, line });
    if (exceptions > 0) excepted.push(...results);
    else found.push(...results);
    count.tallies.push(tallyOf(rule.name, exceptions, results.length, read.passed));
  }
  return {
    found,
    excepted,
    wrong,
    problems: answer.failures.map((failure): Problem => ({
      stage: "evaluate",
      path,
      line,
      message: describeFailure(failure),
    })),
    tally: sumTallies([...counts.values()].map(packageTally)),
  };
}

/** What was found of the rules of one package, which may have several bodies each. */
interface PackageCount {
  bodies: number;
  readonly tallies: Tally[];
}

function tallyOf(rule: string, exceptions: number, results: number, passed: number): Tally {
  if (exceptions > 0) return { passed: 0, warnings: 0, failures: 0, exceptions };
  const isWarning = rule.startsWith("warn");
  return { passed, warnings: isWarning ? results : 0, failures: isWarning ? 0 : results, exceptions: 0 };
}

/** Every body is a test; those that have no result of their own passed. */
function packageTally({ bodies, tallies }: PackageCount): Tally {
  const sum = sumTallies(tallies);
  return { ...sum, passed: sum.passed + Math.max(0, bodies - testsOf(sum)) };
}

/** The messages of a rule's value, and how often it passed. Undefined: the rule has no value. */
function readValue(value: RegoValue | undefined): Pick<FoundReading, "results" | "passed" | "wrong"> {
  if (value === undefined) return { results: [], passed: 0 };
  const items = isArray(value) ? value : isSet(value) ? [...value] : [];
  if (items.length === 0) return { results: [], passed: 1 };
  const read = items.map(readItem);
  const [wrong] = read.flatMap((one) => (one.kind === "wrong" ? [one.wrong] : []));
  return {
    results: read.flatMap((one) => (one.kind === "result" ? [one.result] : [])),
    passed: read.filter(({ kind }) => kind === "empty").length,
    ...(wrong === undefined ? {} : { wrong }),
  };
}

interface FoundReading {
  readonly results: readonly FoundResult["result"][];
  readonly passed: number;
  readonly wrong?: FoundWrong["wrong"];
}
