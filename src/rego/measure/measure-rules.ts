import type { Question } from "../../model/judge.ts";
import type { PolicySources } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { loadBuiltins, startRelay } from "../builtins/load-builtins.ts";
import { compileSources, digestOf, type PolicyCompiler } from "../compile-sources.ts";
import { mayReadEnvironment } from "../environment-data.ts";
import { makeInstance, recipeOf } from "../instances.ts";
import { inventoryRules } from "../inventory-rules.ts";
import { mergeData } from "../merge-data.ts";
import { phasesOf } from "../phases.ts";
import { describePolicies, type RuleFacts } from "../policies.ts";
import { questionInput } from "../question-input.ts";
import { inventoryPath } from "../reading/inventory-reads.ts";
import { createBuiltinRelay } from "../toolchain/builtin-relay.ts";
import type { CompileAnswer } from "../toolchain/protocol.ts";
import { createStopwatch, type Stopwatch } from "./stopwatch.ts";

/** What one rule took over all questions, and where it found something. */
export interface MeasuredRule {
  readonly rule: RuleFacts;
  readonly milliseconds: number;
  /** The numbers of the questions to which it found something, among those that Rego rules are asked. */
  readonly hits: ReadonlySet<number>;
  readonly failures: number;
}

interface Sums {
  milliseconds: number;
  readonly hits: Set<number>;
  failures: number;
}

/** What a policy set took. */
export interface MeasuredRules {
  readonly rules: readonly MeasuredRule[];
  /** Milliseconds of the evaluations of all rules at once, as a judge asks them. */
  readonly together: number;
  /** How often everything was evaluated; the fastest counts. */
  readonly rounds: number;
  readonly problems: readonly Problem[];
}

/** What rules are measured with; as in `JudgeOptions`. */
export interface MeasureOptions {
  readonly toolchain: PolicyCompiler;
  readonly now: string;
  readonly deadlineMs: number;
  readonly memoryLimitMiB: number;
}

/** After a first round that does not count, rounds are repeated for so long, and each rule's fastest one counts. */
const REPEATED_MS = 3000;
const MOST_ROUNDS = 20;

/**
 * Evaluates each Rego rule of a set by itself for each question, and all of them together. What helpers several rules
 * share is evaluated for each of them, so that the rules take more time than all of them together.
 */
export async function measureRules(
  sources: PolicySources,
  questions: readonly Question[],
  options: MeasureOptions,
): Promise<MeasuredRules> {
  const { answer, problems } = await compileSources(sources, options.toolchain);
  const { rules } = describePolicies(answer?.rules ?? [], sources.levels);
  if (answer?.wasm === undefined || rules.length === 0) return { rules: [], together: 0, rounds: 0, problems };
  const { inventoryAt = inventoryPath, parameters = {}, kubernetes, files } = sources;
  const common = mergeData(sources.data).data;
  const data = { common, parameters, kubernetes, named: mayReadEnvironment(files), inventoryAt };
  const phases = phasesOf(inventoryRules(sources, rules, digestOf(sources, []), undefined), rules);
  const { builtins: names, entrypoints, wasm } = answer;
  const relay = createBuiltinRelay({ deadlineMs: options.deadlineMs });
  try {
    const builtins = await loadBuiltins(names, relay.call);
    startRelay(names, relay.call);
    const recipe = recipeOf(wasm, data, { ...options, builtins: names });
    const watch = createStopwatch(() => makeInstance(recipe, builtins), options.deadlineMs);
    // What other policies await is asked again, and is no question to these.
    const own = questions.filter((one) => one.facts === undefined || phases?.waiting.awaits?.(one) !== undefined);
    const round = createRounds(rules, entrypoints, {
      watch,
      asks: (question, rule) => phases?.asks(question, rule) ?? true,
    });
    const end = performance.now() + REPEATED_MS;
    let fastest = await round(own);
    let rounds = 0;
    do {
      const next = await round(own);
      fastest = rounds === 0 ? next : fasterOf(fastest, next);
      rounds += 1;
    } while (rounds < MOST_ROUNDS && performance.now() < end);
    return { ...fastest, rounds, problems };
  } finally {
    await relay.close();
  }
}

interface Round {
  readonly rules: readonly MeasuredRule[];
  readonly together: number;
}

/** Makes what evaluates every rule for every question once. */
function createRounds(
  rules: readonly RuleFacts[],
  entrypoints: CompileAnswer["entrypoints"],
  { watch, asks }: { readonly watch: Stopwatch; readonly asks: (question: Question, rule: number) => boolean },
): (questions: readonly Question[]) => Promise<Round> {
  // As in a judge: what ran out of steps, memory or time is not evaluated again.
  const exhausted = new Set<string>();
  return async (questions) => {
    const sums = new Map<RuleFacts, Sums>(
      rules.map((rule) => [rule, { milliseconds: 0, hits: new Set<number>(), failures: 0 }]),
    );
    let together = 0;
    for (const [number, question] of questions.entries()) {
      const { manifest, facts } = question;
      let text: string | undefined;
      const input = { text: () => (text ??= questionInput(question)), environment: manifest.environment, facts };
      const own = rules.filter(({ index }) => asks(question, index));
      const parts = [entrypoints.results, ...own.map(({ index }) => entrypoints.rules[index] ?? "")];
      const open = parts.filter((part) => !exhausted.has(part));
      const timed = new Map((await watch.time(input, open)).map((one, at) => [open[at] ?? "", one]));
      for (const [part, one] of timed)
        if (one.kind === "failed" && one.reason !== "rule" && one.reason !== "input") exhausted.add(part);
      together += timed.get(entrypoints.results)?.milliseconds ?? 0;
      for (const rule of own) {
        const [sum, one] = [sums.get(rule), timed.get(entrypoints.rules[rule.index] ?? "")];
        if (sum === undefined) continue;
        sum.milliseconds += one?.milliseconds ?? 0;
        if (one?.kind !== "value") sum.failures += 1;
        else if (isHit(one.value)) sum.hits.add(number);
      }
    }
    return { rules: [...sums].map(([rule, sum]) => ({ rule, ...sum })), together };
  };
}

function fasterOf(a: Round, b: Round): Round {
  return {
    rules: a.rules.map((one, at) => {
      const other = b.rules[at];
      return other !== undefined && other.milliseconds < one.milliseconds ? other : one;
    }),
    together: Math.min(a.together, b.together),
  };
}

/** Whether the value of a deciding rule, in the notation of Rego, holds a result. */
function isHit(value: string | undefined): boolean {
  return value !== undefined && value !== "set()" && value !== "[]";
}
