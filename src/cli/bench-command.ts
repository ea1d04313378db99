import { askedQuestions } from "../engine/asked-questions.ts";
import { measurePolicies, type MeasuredPolicies } from "../engine/measure-policies.ts";
import type { Bench, PolicyCost } from "../model/bench.ts";
import type { Report } from "../model/report.ts";
import { prettyBench } from "../report/bench/pretty-bench.ts";
import { checkCommand, type CheckOptions } from "./check-command.ts";
import { coloured } from "./coloured.ts";
import { tell } from "./desired-subject.ts";
import { shownReport } from "./shown-paths.ts";

/** The options of `portcullis bench`. */
export interface BenchOptions extends Omit<CheckOptions, "output" | "failOn"> {
  readonly output: "pretty" | "json";
}

/**
 * Runs `portcullis bench`: judges as `check` does, evaluates every rule for every manifest by itself, and prints what
 * each policy took and found. Returns the exit code: 0, or 2 if something could not be judged.
 */
export async function benchCommand(named: readonly string[], { output, ...options }: BenchOptions): Promise<number> {
  const asked = askedQuestions();
  const once = { ...options, failOn: "never", cache: false, threads: "1", schemas: false } as const;
  return checkCommand(named, once, {
    onAsked: asked.onAsked,
    show: async ({ report, subject }) => {
      const shown = shownReport(report, subject.shown);
      const bench = await benchOf(asked.of, shown);
      const columns = process.stdout.isTTY ? { columns: process.stdout.columns } : {};
      const text =
        output === "json"
          ? `${JSON.stringify(bench, undefined, 2)}\n`
          : prettyBench(bench, { colour: coloured(process.stdout), ...columns });
      tell(shown.problems);
      await new Promise<void>((done) => process.stdout.write(text, () => done()));
      return report.problems.length === 0 ? 0 : 2;
    },
  });
}

async function benchOf(asked: ReturnType<typeof askedQuestions>["of"], report: Report): Promise<Bench> {
  const sets: MeasuredPolicies[] = [];
  for (const [sources, questions] of asked)
    if (questions.length > 0) sets.push(await measurePolicies(sources, questions, report.now));
  const findings = new Map<string, number>();
  for (const { policy } of report.findings) findings.set(policy, (findings.get(policy) ?? 0) + 1);
  const policies = sets
    .flatMap((set) => set.policies)
    .map((one): PolicyCost => ({ ...one, findings: findings.get(one.policy) ?? 0 }))
    .toSorted((a, b) => (b.milliseconds ?? -1) - (a.milliseconds ?? -1));
  const manifests = [...asked.values()].flat().filter(({ facts }) => facts === undefined).length;
  const sum = (of: (set: MeasuredPolicies) => number): number => sets.reduce((all, set) => all + of(set), 0);
  return {
    version: 1,
    manifests,
    findings: report.findings.length,
    problems: report.problems.length,
    policies,
    rounds: sets.length === 0 ? 0 : Math.min(...sets.map(({ rounds }) => rounds)),
    together: sum(({ together }) => together),
    apart: sum(({ apart }) => apart),
    ...(sets.some(({ others }) => others !== undefined) ? { others: sum(({ others }) => others ?? 0) } : {}),
  };
}
