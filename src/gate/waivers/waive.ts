import type { Finding, Reach, ReportedProblem } from "../../model/finding.ts";
import type { Report, ReportedGap } from "../../model/report.ts";
import type { UsedWaiver, Waiver, WaiverScope } from "../../model/waiver.ts";
import type { AnnotatedWaivers } from "./annotations.ts";
import type { WaiverTarget } from "./match-waivers.ts";
import { partOfFinding, reachesOf } from "./part-of-finding.ts";
import type { Coverage, WaiverStates } from "./waiver-states.ts";

/** What was found in a check, before and after waivers are regarded. */
export interface Found {
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  readonly gaps: readonly ReportedGap[];
  /** Those of the gaps that block. */
  readonly blocking: readonly ReportedGap[];
}

/** How much each waiver covers: findings, problems and gaps. */
export interface WaiverUse {
  /** Those that match, by waiver: of the tree after, or one that counts. */
  readonly matching: ReadonlyMap<Waiver, number>;
  /** Those that block again, or for the first time, since the waiver has expired. */
  readonly lost: ReadonlyMap<Waiver, number>;
  /** Of them, those that the change touches. */
  readonly touched: ReadonlySet<Waiver>;
}

/** What was found, with the waivers that cover it, and how much each of them covers. */
export interface Waived extends Found {
  readonly use: WaiverUse;
}

/** What waiving needs besides what was found. */
export interface WaiveContext {
  readonly states: WaiverStates;
  readonly annotated: AnnotatedWaivers;
  /** Whether findings of a policy may be waived. */
  readonly isWaivable: (policy: string) => boolean;
  /** Whether the change touches a file; absent: no change is judged. */
  readonly isTouched?: (path: string) => boolean;
}

/**
 * Puts the waivers to what they cover. A finding of which they cover some objects is told apart: the rest stays as it was. What
 * the change mends needs none. Nothing else in the gate decides what is waived.
 */
export function waive({ findings, problems, gaps, blocking }: Found, context: WaiveContext): Waived {
  const use = tally();
  if (context.states.isEmpty && context.annotated.isEmpty)
    return { findings: findings.map((finding) => marked(finding, context)), problems, gaps, blocking, use };
  const waived = findings.flatMap((finding) => waiveFinding(finding, context, use));
  const cover = <Of extends ReportedProblem | ReportedGap>(of: Of, scope: WaiverScope, text: string): Of => {
    const { path } = of;
    if (path === undefined) return of;
    const coverage = context.states.coverageOf({ scope, values: { path: [path], message: [text] } });
    use.count([coverage], true, context.states);
    return coverage.by === undefined ? of : { ...of, waiver: usedWaiver(coverage.by) };
  };
  const waivedGaps = new Map(gaps.map((gap) => [gap, cover(gap, { kind: "gap" }, gap.reason)]));
  return {
    findings: waived,
    problems: problems.map((problem) => {
      const { stage, message } = problem;
      return stage === "config" || stage === "compile" ? problem : cover(problem, { kind: "problem", stage }, message);
    }),
    gaps: [...waivedGaps.values()],
    blocking: blocking.filter((gap) => waivedGaps.get(gap)?.waiver === undefined),
    use,
  };
}

function waiveFinding(finding: Finding, context: WaiveContext, use: Tally): readonly Finding[] {
  const { states, isTouched } = context;
  const { status, location, related } = finding;
  if (status === "fixed" || !context.isWaivable(finding.policy)) return [marked(finding, context)];
  const covered = reachesOf(finding).map((reach) => {
    const target = targetOf(finding, reach);
    const coverage = states.coverageOf(target);
    const annotation = coverage.by === undefined ? context.annotated.by(reach, target) : undefined;
    return { reach, coverage: annotation === undefined ? coverage : { ...coverage, by: annotation } };
  });
  const touched =
    isTouched === undefined ||
    status === "introduced" ||
    [location, related].some((at) => at !== undefined && isTouched(at.path));
  use.count(
    covered.map(({ coverage }) => coverage),
    touched,
    states,
  );
  const parts = new Map<Waiver | undefined, Reach[]>();
  for (const { reach, coverage } of covered) {
    const known = parts.get(coverage.by);
    if (known === undefined) parts.set(coverage.by, [reach]);
    else known.push(reach);
  }
  const isWhole = parts.size === 1;
  return [...parts].map(([by, reaches]) => ({
    ...(isWhole ? finding : partOfFinding(finding, reaches)),
    ...(by === undefined ? {} : { waiver: usedWaiver(by) }),
  }));
}

function marked(finding: Finding, { isWaivable }: WaiveContext): Finding {
  return isWaivable(finding.policy) ? finding : { ...finding, waivable: false };
}

function targetOf(finding: Finding, { manifest, environment }: Reach): WaiverTarget {
  const { policy, location, related, pointer, container } = finding;
  const { kind, namespace, name } = manifest;
  return {
    scope: { kind: "policy", policy },
    values: {
      kind: [kind],
      ...(namespace === undefined ? {} : { namespace: [namespace] }),
      name: [name],
      ...(container === undefined ? {} : { container: [container] }),
      ...(environment === undefined ? {} : { environment: [environment] }),
      path: [location.path, ...(related === undefined ? [] : [related.path])],
      pointer: [pointer],
    },
  };
}

function usedWaiver({ path, line, reason, ticket, owner, expires, annotation }: Waiver): UsedWaiver {
  return {
    path,
    line,
    reason,
    ...(ticket === undefined ? {} : { ticket }),
    ...(owner === undefined ? {} : { owner }),
    expires,
    ...(annotation === undefined ? {} : { annotation }),
  };
}

interface Tally extends WaiverUse {
  /** Counts one finding, problem or gap with what the waivers say of each of its objects. */
  readonly count: (coverages: readonly Coverage[], touched: boolean, states: WaiverStates) => void;
}

function tally(): Tally {
  const matching = new Map<Waiver, number>();
  const lost = new Map<Waiver, number>();
  const touchedOnes = new Set<Waiver>();
  const add = (to: Map<Waiver, number>, all: readonly Waiver[]): void => {
    for (const one of new Set(all)) to.set(one, (to.get(one) ?? 0) + 1);
  };
  return {
    matching,
    lost,
    touched: touchedOnes,
    count: (coverages, touched, { hasExpired }) => {
      const found = coverages.flatMap(({ by, matching: all }) => (by === undefined ? all : [...all, by]));
      add(matching, found);
      if (touched) for (const one of found) touchedOnes.add(one);
      add(
        lost,
        coverages.flatMap(({ by, matching: all, withdrawn }) =>
          by === undefined ? [...all.filter(hasExpired), ...withdrawn] : [],
        ),
      );
    },
  };
}

/** What of the findings, problems and gaps of a report waivers cover. */
export function countWaived({ findings, problems, gaps }: Pick<Report, "findings" | "problems" | "gaps">): number {
  const hasWaiver = ({ waiver }: { readonly waiver?: UsedWaiver }): boolean => waiver !== undefined;
  return [...findings.filter(hasWaiver), ...problems.filter(hasWaiver), ...gaps.filter(hasWaiver)].length;
}
