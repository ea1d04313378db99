import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Report } from "../model/report.ts";
import { printJson } from "./print-json.ts";

type Loose = { readonly [key: string]: Json | undefined };

/** The report as JSON in the shape of schema/report.schema.json; keys stand in a fixed order, so equal reports are equal bytes. */
export function json(report: Report): string {
  const { changes, counts, judged, policies } = report;
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
      }),
      findings: report.findings.map(finding),
      problems: report.problems.map(problem),
      checked: report.checked.map(({ path, manifests, skipped }) =>
        present({ path, manifests, skipped: skipped?.map(({ line, reason }) => ({ line, reason })) }),
      ),
      skipped: report.skipped.map(({ path, reason, touched }) => present({ path, reason, touched })),
      changes:
        changes === undefined
          ? undefined
          : { created: changes.created, updated: changes.updated, deleted: changes.deleted, moved: changes.moved },
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
    manifest: present({
      apiVersion: manifest.apiVersion,
      kind: manifest.kind,
      namespace: manifest.namespace,
      name: manifest.name,
    }),
    environment: of.environment,
    location: present({
      path: location.path,
      line: location.line,
      endLine: location.endLine,
      column: location.column,
      precision: location.precision,
    }),
    pointer: of.pointer,
    source: of.source,
    fingerprint: of.fingerprint,
    title: of.title,
    description: of.description,
    docs: of.docs,
    severity: of.severity,
    controls: of.controls,
    metadata: of.metadata,
  });
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
