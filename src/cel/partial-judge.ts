import type { Fact } from "../model/fact.ts";
import type { Question } from "../model/judge.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Judgement } from "../model/violation.ts";

/** What one dialect of CEL contributes to the judge; as of `Judge`. */
export interface PartialJudge {
  readonly factsOf: (manifest: Manifest) => readonly Fact[];
  /** Empty: nothing. */
  readonly awaits: (question: Question) => readonly string[];
  readonly judge: (questions: readonly Question[]) => Promise<readonly Judgement[]>;
}
