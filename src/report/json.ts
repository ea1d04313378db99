import type { Finding, ManifestName, Reach, ReportedProblem } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Report } from "../model/report.ts";
import type { RestoredState, Restores } from "../model/restores.ts";
import { testsOf, type Tally } from "../model/tally.ts";
import { waiverKeys, type ReportedWaiver, type UsedWaiver } from "../model/waiver.ts";
import { matrixOf, type MatrixRow } from "./matrix.ts";
import { printJson } from "./print-json.ts";

type Loose = { readonly [key: string]: Json | undefined };

/**
 * The report as JSON in the shape of schema/report.schema.json. Keys are in a fixed order, so equal reports give equal
 * bytes.
 */
export function json(report: Report): string {
  const { changes, counts, judged, policies } = report;
  const rows = matrixOf(report);
  return `${printJson(
    present({
      version: report.version,
      verdict: report.verdict,
      counts: present({
        manifests: counts.manifests,
        documents: counts.documents,
        sources: counts.sources,
        introduced: counts.introduced,
        existing: counts.existing,
        fixed: counts.fixed,
        waived: counts.waived,
        excepted: counts.excepted,
        problems: counts.problems,
        gaps: counts.gaps,
      }),
      findings: report.findings.map(finding),
      problems: report.problems.map(problem),
      checked: report.checked.map(({ path, manifests, documents, sources, skipped }) =>
        present({
          path,
          manifests,
          documents,
          sources,
          skipped: skipped?.map(({ line, reason }) => ({ line, reason })),
        }),
      ),
      skipped: report.skipped.map(({ path, reason, touched }) => present({ path, reason, touched })),
      sources: report.sources.map(({ id, kind, path, line, environments, manifests, gap }) =>
        present({ id, kind, path, line, environments, manifests, gap }),
      ),
      gaps: report.gaps.map(({ source, path, line, reason, touched, policy, waiver }) =>
        present({ source, path, line, reason, touched, policy, waiver: usedWaiver(waiver) }),
      ),
      waivers: report.waivers?.map(reportedWaiver),
      remotes: report.remotes?.map(({ reference, version, digest, source, stale }) =>
        present({ reference, version, digest, source, stale }),
      ),
      changes:
        changes === undefined
          ? undefined
          : { created: changes.created, updated: changes.updated, deleted: changes.deleted, moved: changes.moved },
      manifestChanges: report.manifestChanges?.map((change) =>
        present({
          kind: change.kind,
          manifest: manifestName(change.manifest),
          sources: change.sources,
          environments: change.environments,
          pruned: change.pruned,
          finalizers: change.finalizers,
          diff: change.diff,
        }),
      ),
      remoteChanges: report.remoteChanges?.map(({ name, before, after, sources, objects, images }) =>
        present({
          name,
          before,
          after,
          sources,
          objects: { created: objects.created, updated: objects.updated, deleted: objects.deleted },
          images: images.map((image) => ({ before: image.before, after: image.after })),
        }),
      ),
      matrix: rows.length === 0 ? undefined : rows.map(matrixRow),
      unknownKinds: report.unknownKinds?.map(({ kind, manifests }) => ({ kind, manifests })),
      tally: report.tally === undefined ? undefined : tally(report.tally),
      mode: report.mode,
      now: report.now,
      judged: present({ after: judged.after, before: judged.before, how: judged.how }),
      restores: restores(report.restores),
      policies: { digest: policies.digest, count: policies.count },
    }),
  )}\n`;
}

function finding(of: Finding): Json {
  const { manifest, location } = of;
  return present({
    policy: of.policy,
    rule: of.rule,
    level: of.level,
    message: of.message,
    status: of.status,
    changed: of.changed,
    restored: of.restored,
    manifest: manifestName(manifest),
    reaches: of.reaches?.map(reach),
    environment: of.environment,
    environments: of.environments,
    location: present({
      path: location.path,
      line: location.line,
      endLine: location.endLine,
      column: location.column,
      precision: location.precision,
      fetched: location.fetched === undefined ? undefined : { ...location.fetched },
    }),
    related: of.related === undefined ? undefined : { path: of.related.path, line: of.related.line },
    pointer: of.pointer,
    container: of.container,
    source: of.source,
    sources: of.sources,
    fingerprint: of.fingerprint,
    title: of.title,
    description: of.description,
    docs: of.docs,
    severity: of.severity,
    controls: of.controls,
    metadata: of.metadata,
    waiver: usedWaiver(of.waiver),
    waivable: of.waivable,
  });
}

function restores(of: Restores | undefined): Json | undefined {
  if (of === undefined) return undefined;
  const { complete, also, ...newest } = of;
  const state = ({ commit, pull, mergedAt, environments, unnamed }: RestoredState): Loose => ({
    commit,
    pull,
    mergedAt,
    environments,
    unnamed,
  });
  return present({ ...state(newest), complete, also: also?.map((one) => present(state(one))) });
}

function reach({ manifest, environment, source, message, fingerprint }: Reach): Json {
  return present({ manifest: manifestName(manifest), environment, source, message, fingerprint });
}

function matrixRow({ environment, policies }: MatrixRow): Json {
  return {
    environment,
    policies: policies.map(({ policy, level, introduced, existing }) => ({ policy, level, introduced, existing })),
  };
}

function tally(of: Tally): Json {
  const { passed, warnings, failures, exceptions } = of;
  return { tests: testsOf(of), passed, warnings, failures, exceptions };
}

function manifestName({ apiVersion, kind, namespace, name }: ManifestName): Json {
  return present({ apiVersion, kind, namespace, name });
}

function problem(of: ReportedProblem): Json {
  return present({
    stage: of.stage,
    status: of.status,
    path: of.path,
    line: of.line,
    column: of.column,
    message: of.message,
    waiver: usedWaiver(of.waiver),
  });
}

function usedWaiver(of: UsedWaiver | undefined): Json | undefined {
  if (of === undefined) return undefined;
  const { path, line, reason, ticket, owner, expires, annotation } = of;
  return present({ path, line, reason, ticket, owner, expires, annotation });
}

function reportedWaiver(of: ReportedWaiver): Json {
  const { scope, match, state, change, covers, daysLeft, digest } = of;
  return present({
    path: of.path,
    line: of.line,
    policy: scope.kind === "policy" ? scope.policy : undefined,
    problem: scope.kind === "problem" ? scope.stage : undefined,
    gap: scope.kind === "gap" ? true : undefined,
    match: present(Object.fromEntries(waiverKeys.map((key) => [key, match[key]]))),
    reason: of.reason,
    ticket: of.ticket,
    owner: of.owner,
    expires: of.expires,
    state,
    change,
    covers,
    daysLeft,
    digest,
  });
}

function present(value: Loose): Json {
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) kept[key] = item;
  return kept;
}
