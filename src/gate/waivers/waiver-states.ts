import type { ReportedProblem } from "../../model/finding.ts";
import type { Tree } from "../../model/tree.ts";
import type { Waiver, WaiverChange } from "../../model/waiver.ts";
import { allowsMore, compareWaivers, includesWaiver, keyOf } from "./compare-waivers.ts";
import { waiverDigest, waiverMatcher, type WaiverTarget } from "./match-waivers.ts";
import { readWaivers, type WaiverRules, type WaiversOfTree } from "./read-waivers.ts";

/** The trees that a check takes waivers from. */
export interface WaiverTrees {
  readonly before?: Tree;
  readonly after: Tree;
  /** Only what it holds counts; absent: the tree before a change, or the tree itself. */
  readonly trusted?: Tree;
  /** Digests of waivers that the change proposes and that count for it. */
  readonly approved?: readonly string[];
}

/** What the waivers of all trees say of one target. */
export interface Coverage {
  /** The one that counts and lasts longest. */
  readonly by?: Waiver;
  /** Those of the tree after that match, whether or not they count. */
  readonly matching: readonly Waiver[];
  /** Of the tree before: what the change removes or narrows, so that nothing covers the target any longer. */
  readonly withdrawn: readonly Waiver[];
}

/** The waivers of a check. */
export interface WaiverStates {
  /** Those of the tree after; where no change is judged, those that are trusted. */
  readonly waivers: readonly Waiver[];
  /** No tree has any. */
  readonly isEmpty: boolean;
  /** What the change does, without what is trusted already. */
  readonly changes: readonly WaiverChange[];
  /** Whether one of the tree after does not count, since nobody has accepted it yet. */
  readonly isProposed: (waiver: Waiver) => boolean;
  readonly isApproved: (waiver: Waiver) => boolean;
  readonly hasExpired: (waiver: Waiver) => boolean;
  readonly coverageOf: (target: WaiverTarget) => Coverage;
  readonly problems: readonly ReportedProblem[];
  /** Paths of the tree after that hold waivers. */
  readonly files: readonly string[];
}

/** Reads the waivers of all trees, and compares them. */
export async function waiverStates(trees: WaiverTrees, rules: WaiverRules): Promise<WaiverStates> {
  const readings = new Map<Tree, WaiversOfTree>();
  const read = async (tree: Tree): Promise<WaiversOfTree> => {
    const known = readings.get(tree) ?? (await readWaivers(tree, rules));
    readings.set(tree, known);
    return known;
  };
  const trusted = await read(trees.trusted ?? trees.before ?? trees.after);
  const [before, after] =
    trees.before === undefined ? [trusted, trusted] : [await read(trees.before), await read(trees.after)];
  const today = rules.now.slice(0, 10);
  const hasExpired = ({ expires }: Waiver): boolean => expires <= today;
  const accepted = new Set(trusted.waivers.map(keyOf));
  const isTrusted = (waiver: Waiver): boolean =>
    accepted.has(keyOf(waiver)) ||
    trusted.waivers.some((one) => includesWaiver(one, waiver) && one.expires >= waiver.expires);
  const changes = compareWaivers(before.waivers, after.waivers).filter(
    (change) => !allowsMore(change) || !isTrusted(afterOf(change)),
  );
  const approvals = new Set(trees.approved);
  const isNew = (waiver: Waiver): boolean => trees.before !== undefined && !isTrusted(waiver);
  const approved = new Set(after.waivers.filter((waiver) => isNew(waiver) && approvals.has(waiverDigest(waiver))));
  const proposed = new Set(after.waivers.filter((waiver) => isNew(waiver) && !approved.has(waiver)));
  return {
    waivers: after.waivers,
    isEmpty: [trusted, before, after].every(({ waivers }) => waivers.length === 0),
    changes,
    isProposed: (waiver) => proposed.has(waiver),
    isApproved: (waiver) => approved.has(waiver),
    hasExpired,
    coverageOf: coverage({ trusted, before, after }, { hasExpired, approved }),
    problems: problemsOf(trees, { trusted, before, after }),
    files: after.files,
  };
}

/** The waiver after a change that allows more. */
function afterOf(change: WaiverChange): Waiver {
  return change.kind === "removed" ? change.before : change.after;
}

interface Readings {
  readonly trusted: WaiversOfTree;
  readonly before: WaiversOfTree;
  readonly after: WaiversOfTree;
}

/**
 * A target is covered by what the trusted tree says, unless the change takes that away: what will not hold once it is merged
 * does not hold for it either.
 */
function coverage(
  { trusted, before, after }: Readings,
  {
    hasExpired,
    approved,
  }: { readonly hasExpired: (waiver: Waiver) => boolean; readonly approved: ReadonlySet<Waiver> },
): WaiverStates["coverageOf"] {
  const [ofTrusted, ofBefore, ofAfter] = [trusted, before, after].map(({ waivers }) => waiverMatcher(waivers));
  const holding = (found: readonly Waiver[] = []): readonly Waiver[] => found.filter((one) => !hasExpired(one));
  return (target) => {
    const matching = ofAfter?.(target) ?? [];
    const now = holding(matching);
    const old = now.length > 0 ? [] : holding(ofBefore?.(target));
    const counting = old.length > 0 ? [] : holding(ofTrusted?.(target));
    const [longest] = [...counting, ...now.filter((one) => approved.has(one))].toSorted(byExpiry);
    if (longest === undefined) return { matching, withdrawn: old };
    // Links lead to the tree after.
    const digest = waiverDigest(longest);
    const by = now.find((one) => waiverDigest(one) === digest) ?? longest;
    return { by, matching, withdrawn: [] };
  };
}

function byExpiry(one: Waiver, other: Waiver): number {
  const [a, b] = [one, other].map(({ path, line }) => JSON.stringify([path, String(line).padStart(9, "0")]));
  if (one.expires !== other.expires) return one.expires < other.expires ? 1 : -1;
  return (a ?? "") < (b ?? "") ? -1 : 1;
}

/** The problems of the tree after, and those of the trusted one. What the tree before has as well is no fault of the change. */
function problemsOf(
  { before: isChange }: WaiverTrees,
  { trusted, before, after }: Readings,
): readonly ReportedProblem[] {
  const keyOf = (problem: WaiversOfTree["problems"][number]): string => JSON.stringify([problem.path, problem.message]);
  const known = new Set(isChange === undefined ? [] : before.problems.map(keyOf));
  const told = new Set(after.problems.map(keyOf));
  return [
    ...after.problems.map((problem): ReportedProblem => ({
      ...problem,
      status: known.has(keyOf(problem)) ? "existing" : "introduced",
    })),
    ...trusted.problems
      .filter((problem) => trusted !== before && !told.has(keyOf(problem)))
      .map((problem): ReportedProblem => ({ ...problem, status: "existing" })),
  ];
}
