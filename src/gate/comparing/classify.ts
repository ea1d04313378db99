import type { Status } from "../../model/finding.ts";
import type { Draft } from "./drafts.ts";

/** The drafts before and after the change of one manifest, or of all manifests that share a name in one source. */
export interface Comparison {
  readonly before: readonly Draft[];
  readonly after: readonly Draft[];
  /** Nothing tells that the manifest was applied before where it is now: a finding that it had is introduced all the same. */
  readonly exposed?: true;
  /** What tools made of a text and the text itself: the object may be called otherwise. */
  readonly sameText?: true;
  /** Of the plan of the tree before, asked of the tree after: what it no longer finds is not fixed by that alone. */
  readonly carriedOver?: true;
}

/** A finding with its status. */
export interface Classified {
  readonly draft: Draft;
  readonly status: Status;
  readonly changed?: true;
  /** The commit of the state that the change restores. */
  readonly restored?: string;
}

/**
 * Gives findings their status by comparing fingerprints as multisets: a surplus after the change is introduced, a surplus
 * before it is fixed. An introduced finding at a place that had one with other values is `changed`.
 */
export function classify({ before, after, exposed, sameText, carriedOver }: Comparison): readonly Classified[] {
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
  // Match equal fingerprints at equal places first, so that of two equal findings the one that was there stays existing.
  const passes: ((old: Draft, now: Draft) => boolean)[] = [
    (old, now) => old.finding.fingerprint === now.finding.fingerprint && old.finding.pointer === now.finding.pointer,
    (old, now) => old.finding.fingerprint === now.finding.fingerprint,
    ...(sameText === true ? [(old: Draft, now: Draft) => old.unnamed() === now.unnamed()] : []),
  ];
  let surplus = comparable;
  for (const fits of passes) {
    surplus = surplus.filter((now) => {
      if (take((old) => fits(old, now)) === undefined) return true;
      findings.push({ draft: now, status: exposed === true ? "introduced" : "existing" });
      return false;
    });
  }
  for (const now of surplus) {
    const changed = take((old) => isSameSpot(old, now)) !== undefined;
    findings.push({ draft: now, status: "introduced", ...(changed ? { changed } : {}) });
  }
  if (carriedOver !== true) for (const old of open) findings.push({ draft: old, status: "fixed" });
  return findings;
}

/** Whether two drafts of one object are at the same spot: equal policy, rule and place. */
function isSameSpot(old: Draft, now: Draft): boolean {
  const same = old.finding.policy === now.finding.policy && old.finding.rule === now.finding.rule;
  return same && old.stablePointer === now.stablePointer;
}
