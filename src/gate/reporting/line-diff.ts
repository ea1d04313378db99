import { structuredPatch } from "diff";

const MOST_EDITS = 1_500;

/** The lines that differ between two texts, with the three around them, signed as in a unified diff; empty where none does. */
export function lineDiff(before: string, after: string): readonly string[] {
  const patch = structuredPatch("", "", before, after, "", "", { context: 3, maxEditLength: MOST_EDITS });
  if (patch === undefined) return ["too many lines differ to be shown"];
  return patch.hunks.flatMap(({ lines }, at) => [...(at === 0 ? [] : ["…"]), ...lines]);
}
