import type { Report } from "../../model/report.ts";

/**
 * What a scenario expects of a report, as JSON: the verdict, and of findings and problems what people read. Fingerprints,
 * names of objects and everything else that may change without a different judgement is left out.
 */
export function scenarioReport({ verdict, findings, problems }: Report): string {
  return written({
    verdict,
    findings: findings.map(({ policy, level, status, location, message }) => ({
      policy,
      level,
      status,
      path: location.path,
      line: location.line,
      message,
    })),
    problems: problems.map(({ stage, status, path, line, message }) => ({ stage, status, path, line, message })),
  });
}

/** JSON that a person wrote in the layout of `scenarioReport`, so that only what it says is compared. Throws where it is none. */
export function laidOut(text: string): string {
  return written(JSON.parse(text));
}

const ORDER = ["verdict", "findings", "problems", "policy", "stage", "level", "status", "path", "line", "message"];

function written(value: unknown): string {
  return `${JSON.stringify(value, ordered, 2)}\n`;
}

function ordered(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const rank = (key: string): number => (ORDER.includes(key) ? ORDER.indexOf(key) : ORDER.length);
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => rank(a) - rank(b)));
}
