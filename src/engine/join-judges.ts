import type { Judge, ParametersRead, Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement } from "../model/violation.ts";

/**
 * Makes one judge of several, such as those for Rego and for CEL. Every question goes to all of them, and one about facts to
 * those that await some. The judge owns the others: closing it closes them.
 */
export function joinJudges(judges: readonly Judge[]): Judge {
  const [only] = judges;
  if (only !== undefined && judges.length === 1) return only;
  const apart = judges.map((judge) => judge.apart?.bind(judge));
  const keys = judges.map(({ environmentKey }) => environmentKey);
  const parametersRead = joinParameters(judges.map(({ parametersRead: read }) => read));
  return {
    digest: JSON.stringify(judges.map(({ digest }) => digest)),
    // Some are known only once the whole tree is read.
    get policies() {
      return judges.flatMap(({ policies }) => policies);
    },
    problems: onlyOnce(judges.flatMap(({ problems }) => problems)),
    get warnings() {
      return judges.flatMap(({ warnings = [] }) => warnings);
    },
    fieldsRead: judges.flatMap(({ fieldsRead = [] }) => fieldsRead),
    ...(parametersRead === undefined ? {} : { parametersRead }),
    parameterFaults: (policy, value) => judges.flatMap((judge) => judge.parameterFaults?.(policy, value) ?? []),
    readsChange: judges.some(({ readsChange }) => readsChange),
    readsTime: judges.some(({ readsTime }) => readsTime !== false),
    ...(judges.some(({ prints }) => prints) ? { prints: true as const } : {}),
    ...(keys.every((key) => key !== undefined)
      ? { environmentKey: (of: string | undefined) => JSON.stringify(keys.map((key) => key(of))) }
      : {}),
    ...(apart.every((make) => make !== undefined) ? { apart: () => joinJudges(apart.map((make) => make())) } : {}),
    leavesOut: () => judges.some((judge) => judge.leavesOut?.() === true),
    factsOf: (manifest) => judges.flatMap((judge) => judge.factsOf?.(manifest) ?? []),
    awaits: (question) => {
      const awaited = judges.flatMap((judge) => [judge.awaits?.(question)].filter((one) => one !== undefined));
      return awaited.length === 0 ? undefined : [...new Set(awaited.flat())];
    },
    judge: async (questions) => {
      const answers = await Promise.all(judges.map((judge) => askOne(judge, questions)));
      return questions.map((_, at) => joinJudgements(answers.map((one) => one[at] ?? silent)));
    },
    close: async () => {
      await Promise.all(judges.map((judge) => judge.close()));
    },
  };
}

/** What two judges are made from may be at fault in both. */
function onlyOnce(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

/** The answers of one judge: `silent` to questions about facts that it does not await. */
async function askOne(judge: Judge, questions: readonly Question[]): Promise<readonly Judgement[]> {
  const isAsked = questions.map((question) => question.facts === undefined || judge.awaits?.(question) !== undefined);
  const asked = questions.filter((_, at) => isAsked[at]);
  const answers = asked.length === 0 ? [] : await judge.judge(asked);
  if (answers.length !== asked.length) throw new Error("a judge did not answer every question");
  let next = 0;
  return isAsked.map((is) => (is ? (answers[next++] ?? silent) : silent));
}

function joinJudgements(judgements: readonly Judgement[]): Judgement {
  const told = judgements.filter((one) => one.violations.length + one.excepted.length + one.problems.length > 0);
  const [only] = told;
  if (told.length < 2) return only ?? silent;
  return {
    violations: told.flatMap(({ violations }) => violations),
    excepted: told.flatMap(({ excepted }) => excepted),
    problems: told.flatMap(({ problems }) => problems),
  };
}

/** Undefined where one of them is not known. */
function joinParameters(reads: readonly (ParametersRead | undefined)[]): ParametersRead | undefined {
  const joined = new Map<string, ReadonlySet<string> | "any">();
  for (const read of reads) {
    if (read === undefined || read === "any") return read;
    for (const [policy, names] of read) {
      const known = joined.get(policy) ?? new Set();
      joined.set(policy, known === "any" || names === "any" ? "any" : new Set([...known, ...names]));
    }
  }
  return joined;
}
