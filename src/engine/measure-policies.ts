import type { Bench, PolicyCost } from "../model/bench.ts";
import type { Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";
import { defaultLimits } from "../rego/create-judge.ts";
import { measureRules, type MeasuredRule } from "../rego/measure/measure-rules.ts";
import { createToolchain } from "../rego/toolchain/toolchain.ts";
import { makeJudge } from "./make-judge.ts";

/** The policies of one set with what they cost; findings are for the caller to count. */
export type MeasuredPolicies = Pick<Bench, "rounds" | "together" | "apart" | "others"> & {
  readonly policies: readonly Omit<PolicyCost, "findings">[];
};

/**
 * Measures what the policies of a set cost over the questions that it was asked: Rego rules each by itself, all others
 * together.
 */
export async function measurePolicies(
  sources: PolicySources,
  questions: readonly Question[],
  now: string,
): Promise<MeasuredPolicies> {
  const toolchain = createToolchain();
  try {
    const options = { toolchain, now, ...defaultLimits };
    const measured = await measureRules(sources, questions, options);
    const apart = measured.rules.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    const others = await measureOthers(sources, questions, options);
    return {
      policies: [...policiesOf(measured.rules), ...(others?.policies ?? [])],
      rounds: measured.rounds,
      together: measured.together,
      apart,
      ...(others === undefined ? {} : { others: others.milliseconds }),
    };
  } finally {
    toolchain.close();
  }
}

function policiesOf(rules: readonly MeasuredRule[]): MeasuredPolicies["policies"] {
  const byPolicy = new Map<string, MeasuredRule[]>();
  for (const one of rules) byPolicy.set(one.rule.policy, [...(byPolicy.get(one.rule.policy) ?? []), one]);
  return [...byPolicy].map(([policy, members]) => ({
    policy,
    milliseconds: members.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    hits: new Set(members.flatMap(({ hits }) => [...hits])).size,
    rules: members
      .map(({ rule: { name, path, line }, milliseconds, hits, failures }) => ({
        rule: name,
        path,
        line,
        milliseconds,
        hits: hits.size,
        failures,
      }))
      .toSorted((a, b) => b.milliseconds - a.milliseconds),
  }));
}

/** The policies that objects declare. */
async function measureOthers(
  sources: PolicySources,
  questions: readonly Question[],
  options: Parameters<typeof makeJudge>[1],
): Promise<{ readonly milliseconds: number; readonly policies: MeasuredPolicies["policies"] } | undefined> {
  if ((sources.objects ?? []).length === 0 && sources.cluster !== true) return undefined;
  const judge = await makeJudge({ ...sources, files: [] }, options);
  try {
    // What Rego rules await is asked again, and is no question to these.
    const own = questions.filter((question) => question.facts === undefined || judge.awaits?.(question) !== undefined);
    const start = performance.now();
    const judgements = await judge.judge(own);
    const milliseconds = performance.now() - start;
    const hits = new Map<string, number>(judge.policies.map(({ id }) => [id, 0]));
    for (const { violations } of judgements)
      for (const policy of new Set(violations.map((violation) => violation.policy)))
        hits.set(policy, (hits.get(policy) ?? 0) + 1);
    return { milliseconds, policies: [...hits].map(([policy, count]) => ({ policy, hits: count, rules: [] })) };
  } finally {
    await judge.close();
  }
}
