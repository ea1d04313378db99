import type { Log, Notification, ReportingDescriptor, Result, Run, Suppression } from "sarif";
import type { Finding, ReportedProblem } from "../model/finding.ts";
import type { Json } from "../model/json.ts";
import type { Report, ReportedGap, Skipped } from "../model/report.ts";
import type { UsedWaiver } from "../model/waiver.ts";
import { staleHeading, staleLines } from "./changes.ts";
import type { FormatOptions } from "./format.ts";
import { inert, inertLines } from "./inert-text.ts";
import { environmentsOf } from "./landing.ts";
import { printJson } from "./print-json.ts";
import { waiverNote } from "./waivers.ts";
import { isChange, nameOf, objectsOf, untoldGaps } from "./wording.ts";

const LEVELS = { deny: "error", warn: "warning", info: "note" } as const;
const BASELINE = { introduced: "new", existing: "unchanged", fixed: "absent" } as const;
const ROOT = "SRCROOT";

/** The report as SARIF 2.1.0: policies are rules, problems and skipped files are notifications of the one invocation. */
export function sarif(report: Report, _options: FormatOptions): string {
  const rules = rulesOf(report.findings);
  const index = new Map(rules.map((rule, at) => [rule.id, at]));
  const run: Run = {
    tool: { driver: { name: "portcullis", rules: [...rules] } },
    columnKind: "utf16CodeUnits",
    invocations: [
      {
        executionSuccessful: report.verdict !== "error",
        toolExecutionNotifications: [
          ...report.problems.map(problemNotification),
          ...report.skipped.map(skippedNotification),
          ...untoldGaps(report).map(gapNotification),
          ...staleLines(report).map(staleNotification),
        ],
      },
    ],
    results: report.findings.map((finding) => result(report, finding, index.get(finding.policy) ?? 0)),
    properties: { verdict: report.verdict, mode: report.mode, counts: { ...report.counts } },
  };
  const log: Log = { $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
  return `${printJson(log as unknown as Json)}\n`;
}

function rulesOf(findings: readonly Finding[]): readonly ReportingDescriptor[] {
  const rules = new Map<string, ReportingDescriptor>();
  for (const finding of findings) {
    if (rules.has(finding.policy)) continue;
    const title = finding.title === undefined ? undefined : inert(finding.title);
    rules.set(finding.policy, {
      id: finding.policy,
      ...(title === undefined ? {} : { shortDescription: { text: title } }),
      ...(finding.description === undefined ? {} : { fullDescription: { text: inert(finding.description) } }),
      ...(finding.docs === undefined
        ? {}
        : { helpUri: encodeURI(finding.docs.replace(/\p{Cs}/gu, "\ufffd")), help: { text: inert(finding.docs) } }),
      defaultConfiguration: { level: LEVELS[finding.level] },
      ...(finding.controls === undefined && finding.severity === undefined
        ? {}
        : {
            properties: {
              ...(finding.severity === undefined ? {} : { severity: finding.severity }),
              ...(finding.controls === undefined ? {} : { tags: [...finding.controls] }),
            },
          }),
    });
  }
  return [...rules.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function result(report: Report, finding: Finding, ruleIndex: number): Result {
  const { location } = finding;
  return {
    ruleId: finding.policy,
    ruleIndex,
    level: LEVELS[finding.level],
    message: { text: inertLines(finding.message).join("\n") || "(no message)" },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifact(location.path),
          region: {
            startLine: location.line,
            ...(location.column === undefined ? {} : { startColumn: location.column }),
            ...(location.endLine === undefined || location.endLine === location.line
              ? {}
              : { endLine: location.endLine }),
          },
        },
        logicalLocations: objectsOf(finding).map((object) => ({
          fullyQualifiedName: inert(nameOf(object)),
          kind: "resource",
        })),
      },
    ],
    ...(finding.waiver === undefined ? {} : { suppressions: [suppression(finding.waiver)] }),
    partialFingerprints: { "portcullis/v1": finding.fingerprint },
    ...(isChange(report) ? { baselineState: finding.changed === true ? "updated" : BASELINE[finding.status] } : {}),
    ...(finding.related === undefined
      ? {}
      : {
          relatedLocations: [
            {
              message: { text: "the value is here" },
              physicalLocation: {
                artifactLocation: artifact(finding.related.path),
                region: { startLine: finding.related.line },
              },
            },
          ],
        }),
    properties: {
      rule: finding.rule,
      pointer: finding.pointer,
      precision: location.precision,
      ...(location.fetched === undefined
        ? {}
        : {
            fetched: {
              ...location.fetched,
              path: inert(location.fetched.path),
              reference: inert(location.fetched.reference),
            },
          }),
      ...(environmentsOf(finding).length === 0 ? {} : { environments: environmentsOf(finding).map(inert) }),
      ...(finding.sources === undefined ? {} : { sources: finding.sources.map(inert) }),
    },
  };
}

/** A waiver as SARIF has it: accepted by people, at its place. */
function suppression(waiver: UsedWaiver): Suppression {
  return {
    kind: "external",
    status: "accepted",
    justification: inert(waiverNote(waiver)),
    location: {
      physicalLocation: { artifactLocation: artifact(waiver.path), region: { startLine: waiver.line } },
    },
  };
}

function problemNotification(problem: ReportedProblem): Notification {
  const { waiver } = problem;
  const text = [...inertLines(problem.message), ...(waiver === undefined ? [] : [inert(waiverNote(waiver))])].join(
    "\n",
  );
  return {
    level: waiver !== undefined ? "note" : problem.status === "introduced" ? "error" : "warning",
    message: { text: text || "(no message)" },
    descriptor: { id: `problem/${problem.stage}` },
    ...(problem.path === undefined
      ? {}
      : {
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifact(problem.path),
                ...(problem.line === undefined ? {} : { region: { startLine: problem.line } }),
              },
            },
          ],
        }),
  };
}

function skippedNotification(skipped: Skipped): Notification {
  return {
    level: "note",
    message: { text: `not judged: ${inert(skipped.reason)}` },
    descriptor: { id: "skipped" },
    locations: [{ physicalLocation: { artifactLocation: artifact(skipped.path) } }],
  };
}

function staleNotification(line: string): Notification {
  return { level: "warning", message: { text: `${staleHeading}: ${inert(line)}` }, descriptor: { id: "stale" } };
}

function gapNotification({ source, path, line, reason, touched }: ReportedGap): Notification {
  return {
    level: touched === true ? "warning" : "note",
    message: { text: `${inert(source)} was not rendered: ${inert(reason)}` },
    descriptor: { id: "gap" },
    locations: [{ physicalLocation: { artifactLocation: artifact(path), region: { startLine: line } } }],
  };
}

/** A relative URI reference (RFC 3986): each segment encoded, so that no name reads as a scheme, a query or a fragment. */
export function artifact(path: string): { uri: string; uriBaseId?: string } {
  const uri = path
    .split("/")
    .map((segment) => encodeURIComponent(segment.replace(/\p{Cs}/gu, "\ufffd")))
    .join("/");
  return path.startsWith("/") ? { uri: `file://${uri}` } : { uri, uriBaseId: ROOT };
}
