import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { CheckedFile, Report, Skipped } from "../model/report.ts";
import type { JudgedFile } from "./cache.ts";

/** Everything of a report but what is counted and sorted here. */
export interface Parts {
  readonly frame: Pick<Report, "verdict" | "now" | "judged" | "policies" | "mode" | "changes">;
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  /** Every file in scope of the tree after, by path. */
  readonly files: ReadonlyMap<string, JudgedFile>;
  /** Those that the change brings or alters. */
  readonly touched: ReadonlySet<string>;
}

/** Counts and sorts, and puts every file in scope into exactly one list: problems before skipped before checked. */
export function assembleReport({ frame, findings, problems, files, touched }: Parts): Report {
  const troubled = new Set(problems.map(({ path }) => path));
  const checked: CheckedFile[] = [];
  const skipped: Skipped[] = [];
  let manifests = 0;
  let sources = 0;
  let excepted = 0;
  for (const [path, file] of files) {
    manifests += file.manifests.length;
    sources += file.manifests.length > 0 ? 1 : 0;
    for (const manifest of file.manifests) excepted += manifest.excepted;
    if (troubled.has(path)) continue;
    if (file.skippedAs !== undefined) {
      const unseen = file.unrendered === true && touched.has(path);
      skipped.push({ path, reason: file.skippedAs, ...(unseen ? { touched: true } : {}) });
    } else
      checked.push({
        path,
        manifests: file.manifests.length,
        ...(file.skipped.length > 0 ? { skipped: file.skipped } : {}),
      });
  }
  const withStatus = (status: Finding["status"]): number =>
    findings.filter((finding) => finding.status === status).length;
  return {
    version: 1,
    verdict: frame.verdict,
    counts: {
      manifests,
      sources,
      introduced: withStatus("introduced"),
      existing: withStatus("existing"),
      fixed: withStatus("fixed"),
      waived: 0,
      excepted,
      problems: problems.length,
    },
    findings: sortBy(findings, findingKey),
    problems: sortBy(problems, problemKey),
    checked: sortBy(checked, ({ path }) => [path]),
    skipped: sortBy(skipped, ({ path }) => [path]),
    now: frame.now,
    judged: frame.judged,
    policies: frame.policies,
    mode: frame.mode,
    ...(frame.changes === undefined ? {} : { changes: frame.changes }),
  };
}

function findingKey(finding: Finding): readonly (string | number)[] {
  const { location, policy, rule, message, manifest, pointer, status, fingerprint } = finding;
  const { kind, namespace = "", name } = manifest;
  return [location.path, location.line, policy, rule, message, kind, namespace, name, pointer, status, fingerprint];
}

function problemKey({ path, line, column, stage, message }: ReportedProblem): readonly (string | number)[] {
  return [path ?? "", line ?? 0, column ?? 0, stage, message];
}

/** Texts by code unit, so that the order is the same everywhere. */
function sortBy<Item>(items: readonly Item[], keyOf: (item: Item) => readonly (string | number)[]): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: keyOf(item) }));
  keyed.sort((a, b) => {
    for (let index = 0; index < a.key.length; index += 1) {
      const [one, other] = [a.key[index] ?? "", b.key[index] ?? ""];
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}
