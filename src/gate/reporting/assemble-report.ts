import type { ManifestHandle } from "../../model/builtin-check.ts";
import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { CheckedFile, Report, ReportedGap, ReportedSource, Skipped } from "../../model/report.ts";
import { sumTallies } from "../../model/tally.ts";
import type { SourceNode, UsedRemote } from "../../model/source.ts";
import type { ReportedWaiver, UsedWaiver } from "../../model/waiver.ts";
import type { JudgedSource } from "../judged-source.ts";
import type { Results } from "../judging/judge-once.ts";
import { isUnit, type Origin } from "../reading.ts";
import { countWaived } from "../waivers/waive.ts";

/** The parts of a report before counting and sorting. */
export interface ReportParts {
  readonly frame: Pick<
    Report,
    | "verdict"
    | "now"
    | "judged"
    | "policies"
    | "mode"
    | "changes"
    | "manifestChanges"
    | "remoteChanges"
    | "restores"
    | "unknownKinds"
  >;
  readonly findings: readonly Finding[];
  readonly problems: readonly ReportedProblem[];
  /** Every file in scope and every unit of the tree after. */
  readonly results: Results;
  /** Every source but plain files. */
  readonly sources: readonly SourceNode[];
  readonly gaps: readonly ReportedGap[];
  readonly waivers?: readonly ReportedWaiver[];
  /** Paths that hold waivers. */
  readonly waiverFiles?: readonly string[];
  readonly remotes?: readonly UsedRemote[];
  /** What the change brings or alters. */
  readonly touched: ReadonlySet<Origin>;
  /** The path of the configuration, if it was read from a tree. */
  readonly configuration?: string;
  /** Files below the paths of the policies that are not policies. */
  readonly unusedPolicies?: readonly string[];
}

/** Makes the report: counts, sorts, and lists every file in scope exactly once, as problem, skipped or checked, in this order of precedence. */
export function assembleReport(parts: ReportParts): Report {
  const { frame, findings, problems, gaps, waivers = [], remotes = [] } = parts;
  const { checked, skipped } = listFiles(parts);
  const documents = documentsByPath(parts.results);
  let manifests = 0;
  let excepted = 0;
  for (const [of, { manifests: judged }] of parts.results) {
    if (!isDocument(of)) manifests += judged.length;
    for (const manifest of judged) excepted += manifest.excepted;
  }
  const tallies = [...parts.results.values()].flatMap(({ manifests: of }) => of.flatMap(({ tally }) => tally ?? []));
  const withStatus = (status: Finding["status"]): number =>
    findings.filter((finding) => finding.status === status && counts(finding)).length;
  const { changes, manifestChanges, remoteChanges, restores, unknownKinds, ...rest } = frame;
  return {
    version: 1,
    verdict: rest.verdict,
    counts: {
      manifests,
      ...(documents.size === 0 ? {} : { documents: [...documents.values()].reduce((sum, count) => sum + count, 0) }),
      sources: [...parts.results].filter(([of, judged]) => !isDocument(of) && judged.manifests.length > 0).length,
      introduced: withStatus("introduced"),
      existing: withStatus("existing"),
      fixed: withStatus("fixed"),
      waived: countWaived(parts),
      excepted,
      problems: problems.filter(counts).length,
      gaps: gaps.filter(counts).length,
    },
    findings: sortBy(findings, findingKey),
    problems: sortBy(problems, problemKey),
    checked: sortBy(checked, ({ path }) => [path]),
    skipped: sortBy(skipped, ({ path }) => [path]),
    sources: sortBy(sourcesOf(parts), ({ id }) => [id]),
    gaps: sortBy(gaps, ({ source, path, line, reason }) => [source, path, line, reason]),
    ...(waivers.length === 0 ? {} : { waivers }),
    ...(remotes.length === 0 ? {} : { remotes }),
    now: rest.now,
    judged: rest.judged,
    ...(restores === undefined ? {} : { restores }),
    policies: rest.policies,
    mode: rest.mode,
    ...(tallies.length === 0 ? {} : { tally: sumTallies(tallies) }),
    ...(changes === undefined ? {} : { changes }),
    ...(manifestChanges === undefined || manifestChanges.length === 0 ? {} : { manifestChanges }),
    ...(remoteChanges === undefined || remoteChanges.length === 0 ? {} : { remoteChanges }),
    ...(unknownKinds === undefined || unknownKinds.length === 0 ? {} : { unknownKinds }),
  };
}

function counts({ waiver }: { readonly waiver?: UsedWaiver }): boolean {
  return waiver === undefined;
}

function listFiles({ results, problems, touched, configuration, waiverFiles = [], unusedPolicies = [] }: ReportParts): {
  readonly checked: readonly CheckedFile[];
  readonly skipped: readonly Skipped[];
} {
  const waivers = new Set(waiverFiles);
  const withProblems = new Set(problems.map(({ path }) => path));
  const rendered = new Map<string, number>();
  for (const [of, { manifests }] of results) {
    if (!isUnit(of) || isDocument(of)) continue;
    for (const { position } of manifests) rendered.set(position.path, (rendered.get(position.path) ?? 0) + 1);
  }
  const notApplied = notAppliedByPath(results);
  const documents = documentsByPath(results);
  const checked: CheckedFile[] = [];
  const skipped: Skipped[] = [];
  for (const [of, judged] of results) {
    if (isUnit(of)) continue;
    const { entry, role } = of;
    const { path } = entry;
    if (withProblems.has(path) || documents.has(path)) continue;
    if (path === configuration && judged.manifests.length === 0) {
      skipped.push({ path, reason: "the configuration of Portcullis", configuration: true });
      continue;
    }
    if (waivers.has(path) && judged.manifests.length === 0) {
      skipped.push({ path, reason: "waivers", configuration: true });
      continue;
    }
    if (judged.skippedAs !== undefined) {
      const unseen = judged.unrendered === true && touched.has(of);
      skipped.push({ path, reason: judged.skippedAs, ...(unseen ? { touched: true } : {}) });
      continue;
    }
    const manifests = judged.manifests.length + (rendered.get(path) ?? 0);
    const left = notApplied.get(path) ?? [];
    const [first] = left;
    if (manifests === 0 && first !== undefined) {
      skipped.push({ path, reason: first.reason, ...(touched.has(of) ? { touched: true } : {}) });
      continue;
    }
    const parts = [...judged.skipped, ...left];
    checked.push({
      path,
      manifests,
      ...(role.kind === "rendered" ? { sources: role.sources } : {}),
      ...(parts.length > 0 ? { skipped: parts } : {}),
    });
  }
  for (const [path, count] of documents) {
    if (withProblems.has(path)) continue;
    const own = [...results].find(([of]) => !isUnit(of) && of.entry.path === path)?.[1].manifests.length ?? 0;
    checked.push({ path, manifests: own + (rendered.get(path) ?? 0), documents: count });
  }
  const listed = new Set([...withProblems, ...[...checked, ...skipped].map(({ path }) => path)]);
  for (const path of new Set(unusedPolicies)) {
    if (!listed.has(path))
      skipped.push({ path, reason: "not a policy: neither Rego nor an object that declares policies" });
  }
  return { checked, skipped };
}

function isDocument(of: Origin): boolean {
  return isUnit(of) && of.source.kind === "document";
}

/** How many documents of each file were judged. */
function documentsByPath(results: Results): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const [of, { manifests }] of results) {
    if (!isUnit(of) || !isDocument(of)) continue;
    // One document of several files stands for all of them.
    for (const path of of.covers) counts.set(path, 1);
    if (of.covers.length > 0) continue;
    counts.set(of.source.path, (counts.get(of.source.path) ?? 0) + manifests.length);
  }
  return counts;
}

/** The objects that no source applies, by the file that they are written in; what another one yields from the same text is judged. */
function notAppliedByPath(results: Results): ReadonlyMap<string, JudgedSource["skipped"]> {
  const byPath = new Map<string, Map<string, { readonly line: number; readonly reason: string }>>();
  for (const [, { notApplied = [] }] of results) {
    for (const one of notApplied) {
      const { position, reason } = one;
      const here = byPath.get(position.path) ?? new Map<string, { readonly line: number; readonly reason: string }>();
      byPath.set(position.path, here.set(textKey(one), { line: position.line, reason }));
    }
  }
  if (byPath.size === 0) return new Map();
  for (const [, { manifests }] of results) {
    for (const manifest of manifests) byPath.get(manifest.position.path)?.delete(textKey(manifest));
  }
  return new Map([...byPath].map(([path, here]) => [path, [...here.values()].toSorted((a, b) => a.line - b.line)]));
}

function textKey({ identity: { group, kind, name }, position: { document, pointer } }: ManifestHandle): string {
  return JSON.stringify([document, pointer, group, kind, name]);
}

function sourcesOf({ sources, results, gaps }: ReportParts): readonly ReportedSource[] {
  const yielded = new Map<string, number>();
  for (const [of, { manifests }] of results) {
    if (isUnit(of)) yielded.set(of.source.id, manifests.length / Math.max(1, of.source.environments.length));
  }
  return sources.map(({ id, kind, path, line, environments }) => {
    const gap = gaps.find(({ source }) => source === id);
    return {
      id,
      kind,
      path,
      line,
      environments,
      manifests: yielded.get(id) ?? 0,
      ...(gap === undefined ? {} : { gap: gap.reason }),
    };
  });
}

function findingKey(finding: Finding): readonly (string | number)[] {
  const { location, policy, rule, message, manifest, pointer, status, fingerprint } = finding;
  const { kind, namespace = "", name } = manifest;
  const reached = [...(finding.environments ?? []), ...(finding.sources ?? [])].join("\0");
  return [
    location.path,
    location.line,
    policy,
    rule,
    message,
    kind,
    namespace,
    name,
    pointer,
    status,
    fingerprint,
    reached,
  ];
}

function problemKey({ path, line, column, stage, message }: ReportedProblem): readonly (string | number)[] {
  return [path ?? "", line ?? 0, column ?? 0, stage, message];
}

/** Sorts texts by code unit, so that the order is the same on every system. */
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
