import type { Finding, ManifestName, ReportedProblem } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Report } from "../model/report.ts";
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
      checked: report.checked.map(({ path, manifests, sources, skipped }) =>
        present({ path, manifests, sources, skipped: skipped?.map(({ line, reason }) => ({ line, reason })) }),
      ),
      skipped: report.skipped.map(({ path, reason, touched }) => present({ path, reason, touched })),
      sources: report.sources.map(({ id, kind, path, line, environments, manifests, gap }) =>
        present({ id, kind, path, line, environments, manifests, gap }),
      ),
      gaps: report.gaps.map(({ source, path, line, reason, touched, policy }) =>
        present({ source, path, line, reason, touched, policy }),
      ),
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
      mode: report.mode,
      now: report.now,
      judged: present({ after: judged.after, before: judged.before, how: judged.how }),
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
    manifest: manifestName(manifest),
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
    source: of.source,
    sources: of.sources,
    fingerprint: of.fingerprint,
    title: of.title,
    description: of.description,
    docs: of.docs,
    severity: of.severity,
    controls: of.controls,
    metadata: of.metadata,
  });
}

function matrixRow({ environment, policies }: MatrixRow): Json {
  return {
    environment,
    policies: policies.map(({ policy, level, introduced, existing }) => ({ policy, level, introduced, existing })),
  };
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
  });
}

function present(value: Loose): Json {
  const kept: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) kept[key] = item;
  return kept;
}
