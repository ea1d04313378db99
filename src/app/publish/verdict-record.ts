import { createHash } from "node:crypto";
import type {
  AuditedRepository,
  AuditEvent,
  PublishedVerdict,
  UsedWaiverRecord,
  VerdictRecord,
} from "../../model/audit.ts";
import type { Report } from "../../model/report.ts";
import type { UsedWaiver } from "../../model/waiver.ts";

/** What the audit log keeps of a report: numbers, ids and digests, and nothing that a manifest says. */
export function verdictRecord(report: Report): VerdictRecord {
  const denied: { [policy: string]: number } = {};
  for (const { policy, level, status, waiver } of report.findings)
    if (level === "deny" && status === "introduced" && waiver === undefined) denied[policy] = (denied[policy] ?? 0) + 1;
  const remotes = new Map(
    (report.remotes ?? [])
      .filter(({ isPart }) => isPart !== true)
      .map(({ reference, digest }) => [`${reference}\n${digest}`, { reference, digest }]),
  );
  return {
    verdict: report.verdict,
    mode: report.mode,
    how: report.judged.how,
    judgedAt: report.now,
    counts: report.counts,
    denied,
    remotes: [...remotes.values()],
    waivers: usedWaivers(report),
    ...(report.restores === undefined
      ? {}
      : { restores: [report.restores, ...(report.restores.also ?? [])].map(({ commit }) => commit) }),
  };
}

/** The waivers that covered something: those in files, and annotations of manifests, each by a digest of what it allows. */
function usedWaivers({ waivers = [], findings }: Report): readonly UsedWaiverRecord[] {
  const inFiles = waivers
    .filter(({ annotation }) => annotation !== true)
    .filter(({ state, covers }) => covers > 0 && (state === "in force" || state === "approved"))
    .map(({ scope, ...waiver }) => usedWaiver(scope.kind === "policy" ? scope.policy : scope.kind, waiver));
  const annotations = findings.flatMap(({ policy, waiver }) => {
    if (waiver?.annotation !== true) return [];
    const said = JSON.stringify([policy, waiver.path, waiver.reason, waiver.expires]);
    return [usedWaiver(policy, { ...waiver, digest: createHash("sha256").update(said).digest("hex") })];
  });
  const byDigest = new Map([...inFiles, ...annotations].map((waiver) => [`${waiver.path}\n${waiver.digest}`, waiver]));
  return [...byDigest.values()];
}

function usedWaiver(policy: string, waiver: UsedWaiver & { readonly digest: string }): UsedWaiverRecord {
  const { path, line, digest, expires, ticket, owner } = waiver;
  return {
    path,
    line,
    digest,
    policy,
    expires,
    ...(ticket === undefined ? {} : { ticket }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/**
 * What is recorded of a concluded check. A pass in a repository that is not enrolled, where nothing was judged, is no
 * verdict.
 */
export function verdictEvents(
  repository: AuditedRepository,
  subject: string,
  verdict: PublishedVerdict,
): readonly AuditEvent[] {
  if (verdict.conclusion === "success" && verdict.verdict === undefined) return [];
  const { head, job, waivers = [], approvals = [] } = verdict;
  return [
    { kind: "verdict", repository, subject, body: verdict },
    ...approvals.map(({ by, what }): AuditEvent => ({
      kind: "approval",
      repository,
      subject,
      body: { state: "approved", head, by, what },
    })),
    ...waivers.map((waiver): AuditEvent => ({ kind: "waiver", repository, subject, body: { ...waiver, head, job } })),
  ];
}
