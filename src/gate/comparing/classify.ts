import type { Status } from "../../model/finding.ts";
import type { Draft } from "./drafts.ts";

/** The findings of one manifest (or of all manifests that share a name in one file) before and after the change. */
export interface Comparison {
  readonly before: readonly Draft[];
  readonly after: readonly Draft[];
}

/** A finding with its status. */
export interface Classified {
  readonly draft: Draft;
  readonly status: Status;
  readonly changed?: true;
}

/**
 * Gives findings their status by comparing fingerprints as multisets: what after has more of is introduced, what
 * before has more of is fixed. A surplus at a place that had a finding with other values before is `changed`.
 */
export function classify({ before, after }: Comparison): readonly Classified[] {
  const findings: Classified[] = [];
  const open = [...before];
  const take = (fits: (draft: Draft) => boolean): Draft | undefined => {
    const at = open.findIndex(fits);
    return at === -1 ? undefined : open.splice(at, 1)[0];
  };
  const comparable = after.filter((draft) => {
    if (draft.readsChange) findings.push({ draft, status: "introduced" });
    return !draft.readsChange;
  });
  // Equal marks at the equal place first, so that of two equal findings the one that stood there stays the old one.
  const passes: ((old: Draft, now: Draft) => boolean)[] = [
    (old, now) => old.finding.fingerprint === now.finding.fingerprint && old.finding.pointer === now.finding.pointer,
    (old, now) => old.finding.fingerprint === now.finding.fingerprint,
  ];
  let surplus = comparable;
  for (const fits of passes) {
    surplus = surplus.filter((now) => {
      if (take((old) => fits(old, now)) === undefined) return true;
      findings.push({ draft: now, status: "existing" });
      return false;
    });
  }
  for (const now of surplus) {
    const changed = take((old) => isSameSpot(old, now)) !== undefined;
    findings.push({ draft: now, status: "introduced", ...(changed ? { changed } : {}) });
  }
  for (const old of open) findings.push({ draft: old, status: "fixed" });
  return findings;
}

/** Both are about one object, so policy, rule and place are enough. */
function isSameSpot(old: Draft, now: Draft): boolean {
  const same = old.finding.policy === now.finding.policy && old.finding.rule === now.finding.rule;
  return same && old.stablePointer === now.stablePointer;
}
