import type { ControlResult, ControlStatus, Framework } from "../../model/compliance.ts";
import type { Finding } from "../../model/finding.ts";
import type { Because, EndingVersion, Standing, StandingControls, StandingWaiver } from "../../model/standing.ts";
import type { Report } from "../../model/report.ts";
import type { ReportedWaiver } from "../../model/waiver.ts";
import { complianceOf, type Judged } from "../compliance.ts";

/** How many entries of a list are kept: more than anybody reads. */
const MOST = 100;

/** The ids of policies whose findings are told in another way. */
export interface ToldApart {
  /** The policy that tells of API versions that end. */
  readonly ending: string;
}

/** A standing that nothing is compared with yet: what fails is said to have failed first now. */
export function standingOf(frameworks: readonly Framework[], judged: Judged, { ending }: ToldApart): Standing {
  const { report } = judged;
  const told = report.findings.filter(({ policy }) => policy !== ending && !policy.startsWith("waivers/"));
  const counts = told.filter(({ level, waiver }) => level !== "info" && waiver === undefined);
  const { results } = complianceOf(frameworks, judged);
  const because: readonly Because[] = [{ kind: "first" }];
  return {
    verdict: report.verdict,
    manifests: report.counts.manifests,
    policies: Object.fromEntries(
      Object.entries(countBy(counts)).map(([id, findings]) => [id, { findings, since: report.now, because }]),
    ),
    waived: countBy(told.filter(({ waiver }) => waiver !== undefined)),
    controls: controlsOf(results, report.now, because),
    waivers: {
      inForce: (report.waivers ?? []).filter(({ state }) => state === "in force").length,
      expired: listed(report, ({ state }) => state === "expired"),
      expiring: listed(report, ({ state, daysLeft }) => state === "in force" && daysLeft !== undefined),
      unused: report.findings
        .filter(({ policy }) => policy === "waivers/unused")
        .map(({ location, manifest }) => ({ path: location.path, line: location.line, what: manifest.name }))
        .slice(0, MOST),
    },
    ending: endingOf(report.findings.filter(({ policy }) => policy === ending)),
    problems: report.problems.slice(0, MOST).map(({ path, line, message }) => ({
      ...(path === undefined ? {} : { path }),
      ...(line === undefined ? {} : { line }),
      message,
    })),
    unjudged: { problems: report.counts.problems, gaps: report.counts.gaps },
  };
}

function countBy(findings: readonly Finding[]): { readonly [id: string]: number } {
  const counts = new Map<string, number>();
  for (const { policy } of findings) counts.set(policy, (counts.get(policy) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(byKey));
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function listed(report: Report, isMeant: (waiver: ReportedWaiver) => boolean): readonly StandingWaiver[] {
  return (report.waivers ?? [])
    .filter(isMeant)
    .slice(0, MOST)
    .map(({ path, line, scope, expires, reason, ticket, owner, covers }) => ({
      path,
      line,
      what: scope.kind === "policy" ? scope.policy : scope.kind === "problem" ? `problem ${scope.stage}` : "gap",
      expires,
      reason,
      ...(ticket === undefined ? {} : { ticket }),
      ...(owner === undefined ? {} : { owner }),
      covers,
    }));
}

/** From the best to the worst. */
const ORDER: readonly ControlStatus[] = ["not-covered", "satisfied", "waived", "undetermined", "not-satisfied"];

function controlsOf(results: readonly ControlResult[], since: string, because: readonly Because[]): StandingControls {
  const worst = new Map<string, { status: ControlStatus; findings: Set<string> }>();
  for (const { framework, control, status, findings } of results) {
    const id = `${framework.id}/${control.id}`;
    const known = worst.get(id) ?? { status: "not-covered", findings: new Set() };
    const isWorse = ORDER.indexOf(status) > ORDER.indexOf(known.status);
    const counted = findings.filter(({ waiver }) => status === "waived" || waiver === undefined);
    worst.set(id, {
      status: isWorse ? status : known.status,
      findings: isWorse
        ? new Set(counted.map(keyOf))
        : status === known.status
          ? new Set([...known.findings, ...counted.map(keyOf)])
          : known.findings,
    });
  }
  const all = [...worst].toSorted(byKey);
  const of = (wanted: ControlStatus) => all.filter(([, { status }]) => status === wanted);
  return {
    failing: Object.fromEntries(
      of("not-satisfied").map(([id, { findings }]) => [id, { findings: findings.size, since, because }]),
    ),
    waived: Object.fromEntries(of("waived").map(([id, { findings }]) => [id, findings.size])),
    satisfied: of("satisfied").length,
    undetermined: of("undetermined").length,
  };
}

function keyOf({ fingerprint, location }: Finding): string {
  return `${location.path}:${location.line} ${fingerprint}`;
}

function endingOf(findings: readonly Finding[]): readonly EndingVersion[] {
  const versions = new Map<string, EndingVersion>();
  for (const { message, location, reaches = [] } of findings) {
    const known = versions.get(message);
    const objects = (known?.objects ?? 0) + Math.max(1, reaches.length);
    versions.set(message, { message, path: location.path, line: location.line, ...known, objects });
  }
  return [...versions]
    .toSorted(byKey)
    .map(([, version]) => version)
    .slice(0, MOST);
}
