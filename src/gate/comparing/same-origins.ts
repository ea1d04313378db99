import type { Status } from "../../model/finding.ts";
import type { JudgedSource } from "../judged-source.ts";
import type { Classified, Comparison } from "./classify.ts";
import type { Draft, Drafter } from "./drafts.ts";
import { sameFacts, withFacts } from "../judging/facts.ts";
import type { JudgedChange } from "../judging/judge-change.ts";
import { readAgain, type AsNewContext, type JudgedOrigins } from "../judging/judge-as-new.ts";
import type { Origin } from "../reading.ts";

/** The findings of files and units that both trees have. */
export interface ComparedSame {
  readonly judged: JudgedOrigins<Origin>;
  readonly classified: readonly Classified[];
  /** Of those that are judged by something that did change. */
  readonly comparisons: readonly Comparison[];
}

/** Gives findings of untouched sources their status: `status`, unless facts changed (a CRD of the tree). Then they are compared. */
export async function compareSame(
  context: AsNewContext,
  origins: JudgedOrigins<Origin>,
  { before, after }: Pick<JudgedChange, "before" | "after">,
  status: Status & ("introduced" | "existing"),
  draft: Drafter,
): Promise<ComparedSame> {
  const { builtins } = context.judges;
  const judged: (readonly [Origin, JudgedSource])[] = [];
  const classified: Classified[] = [];
  const comparisons: Comparison[] = [];
  for (const [of, source] of origins) {
    const read = () => readAgain(context, of);
    const now = await withFacts(builtins, source, after.facts, read);
    judged.push([of, now]);
    if (status === "existing" && !sameFacts(source, before.facts, after.facts)) {
      const old = await withFacts(builtins, source, before.facts, read);
      now.manifests.forEach((manifest, index) => {
        const was = old.manifests[index];
        comparisons.push({ before: was === undefined ? [] : lasting(draft(was)), after: lasting(draft(manifest)) });
      });
      continue;
    }
    for (const manifest of now.manifests) {
      for (const one of draft(manifest))
        if (status === "introduced" || !one.readsChange) classified.push({ draft: one, status });
    }
  }
  return { judged, classified, comparisons };
}

function lasting(drafts: readonly Draft[]): readonly Draft[] {
  return drafts.filter(({ readsChange }) => !readsChange);
}
