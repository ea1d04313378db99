import type { Finding } from "../../model/finding.ts";
import type { ReportedGap } from "../../model/report.ts";
import type { UnpermittedRemote } from "../../model/source.ts";
import { doesBlock, type Strictness } from "../reporting/verdict.ts";
import { unknownMessage, unknownPolicy } from "./unknown-remotes.ts";

/** A gap with what may not be fetched, where that is the reason. */
export interface OpenGap extends ReportedGap {
  readonly unpermitted?: UnpermittedRemote;
}

/**
 * Marks the gaps that findings of `remotes/unknown` tell, so that nothing is said twice. `blocking`: all but those whose
 * finding blocks by itself. Where a finding does not (a lower level, report only), its gap blocks as any other does.
 */
export function toldGaps(
  gaps: readonly OpenGap[],
  findings: readonly Finding[],
  strictness: Strictness,
): { readonly gaps: readonly ReportedGap[]; readonly blocking: readonly ReportedGap[] } {
  const told = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.policy !== unknownPolicy.id || finding.status === "fixed") continue;
    const key = keyOf(finding.source, finding.message);
    told.set(key, [...(told.get(key) ?? []), finding]);
  }
  const marked = gaps.map(({ unpermitted, ...gap }) => {
    const by = unpermitted === undefined ? [] : (told.get(keyOf(gap.source, unknownMessage(unpermitted))) ?? []);
    const isBlocked = by.length > 0 && by.every((finding) => doesBlock(finding, strictness));
    return { gap: by.length === 0 ? gap : { ...gap, policy: unknownPolicy.id }, isBlocked };
  });
  return {
    gaps: marked.map(({ gap }) => gap),
    blocking: marked.flatMap(({ gap, isBlocked }) => (isBlocked ? [] : [gap])),
  };
}

function keyOf(source: string | undefined, message: string): string {
  return JSON.stringify([source ?? "", message]);
}
