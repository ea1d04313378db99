import type { Question } from "../model/judge.ts";
import type { PolicySources } from "../model/policy.ts";

/** Takes what a policy set is asked. */
export type OnAsked = (sources: PolicySources, questions: readonly Question[]) => void;

/** The questions that each policy set of a run was asked, in order. */
export interface AskedQuestions {
  readonly onAsked: OnAsked;
  readonly of: ReadonlyMap<PolicySources, readonly Question[]>;
}

/** Starts to keep questions. */
export function askedQuestions(): AskedQuestions {
  const of = new Map<PolicySources, Question[]>();
  return {
    of,
    onAsked: (sources, questions) => {
      const known = of.get(sources);
      if (known === undefined) of.set(sources, [...questions]);
      else for (const question of questions) known.push(question);
    },
  };
}
