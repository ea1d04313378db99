import { objectFacts, objectKeys, type Kinds } from "../manifest/object-facts.ts";
import type { Judge, Question } from "../model/judge.ts";
import type { Answer, RuleFailure } from "./ask.ts";
import type { RuleFacts } from "./policies.ts";
import { union, type InventoryRead } from "./reading/inventory-reads.ts";

/** The rules that are asked once other objects are known: the others are asked at once. */
export interface Phases {
  /** What of an answer belongs to the phase of its question. */
  readonly ofPhase: (question: Question, answer: Answer) => Answer;
  /** Whether a rule, by its index, is asked in the phase of a question. */
  readonly asks: (question: Question, rule: number) => boolean;
  readonly waiting: Pick<Judge, "factsOf" | "awaits">;
}

/** Undefined where no rule looks other objects up. */
export function phasesOf(reads: readonly InventoryRead[], rules: readonly RuleFacts[]): Phases | undefined {
  if (reads.length === 0) return undefined;
  const late = new Set(reads.map(({ rule }) => rule));
  const kinds: Kinds = union(reads.map((read) => read.kinds));
  const keys = objectKeys(kinds);
  const readsChange = rules.some((rule) => late.has(rule.index) && rule.readsChange);
  return {
    ofPhase: ({ facts }, { rules: values, exceptions, failures }) => ({
      rules: values.filter(([index]) => late.has(index) === (facts !== undefined)),
      exceptions,
      failures: failures.filter((failure) => isOfPhase(failure, facts !== undefined, late)),
    }),
    asks: ({ facts }, rule) => late.has(rule) === (facts !== undefined),
    waiting: {
      factsOf: (manifest) => objectFacts(manifest, kinds),
      awaits: ({ operation }) => (operation === "DELETE" && !readsChange ? undefined : keys),
    },
  };
}

function isOfPhase({ of }: RuleFailure, isLate: boolean, late: ReadonlySet<number>): boolean {
  if (of === "document") return !isLate;
  return of === "exceptions" || late.has(of) === isLate;
}
