import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";

/** Something that fixes would bring: a finding or a problem. */
export interface Broken {
  readonly message: string;
  /** The objects that it is about. */
  readonly objects: ReadonlySet<string>;
  /** The file that a problem is in. */
  readonly path?: string;
}

/** What a judgement says of fixes: which findings are still there, and what else is new. */
export interface Verified {
  readonly left: ReadonlySet<Finding>;
  readonly broken: readonly Broken[];
}

/** Compares the report on the tree as it is with that on the change which the fixes make to it. */
export function verifyFixes(fixed: readonly Finding[], before: Report, change: Report): Verified {
  const now = change.findings.filter(({ status }) => status !== "fixed");
  const there = new Set(now.flatMap(partsOf));
  // What says the same of the same object is the finding that was there, even if its place or values are others now.
  const open = countsOf(before.findings.filter(({ status }) => status !== "fixed").flatMap(partsOf));
  const broken: Broken[] = [];
  for (const finding of now.toSorted((one, other) => order(one) - order(other))) {
    for (const part of partsOf(finding)) {
      const left = open.get(part) ?? 0;
      if (left > 0) open.set(part, left - 1);
      else if (finding.status === "introduced")
        broken.push({ message: `${finding.policy}: ${finding.message}`, objects: new Set(objectsOf(finding)) });
    }
  }
  const known = countsOf(before.problems.map(problemKey));
  for (const problem of change.problems) {
    const key = problemKey(problem);
    const left = known.get(key) ?? 0;
    if (left > 0) known.set(key, left - 1);
    else {
      const { message, path } = problem;
      broken.push({ message, objects: new Set(), ...(path === undefined ? {} : { path }) });
    }
  }
  return { left: new Set(fixed.filter((finding) => partsOf(finding).some((part) => there.has(part)))), broken };
}

/** Those that the edits leave as they were come first. */
function order({ status }: Finding): number {
  return status === "existing" ? 0 : 1;
}

/** What a finding says of each object, wherever the place is. */
function partsOf(finding: Finding): readonly string[] {
  const { policy, rule, level, message } = finding;
  const alone = { manifest: finding.manifest, environment: finding.environment, source: finding.source };
  return (finding.reaches ?? [alone]).map((reach) => {
    const said = "message" in reach && reach.message !== undefined ? reach.message : message;
    return JSON.stringify([policy, rule, level, reach.manifest, reach.environment, reach.source, said]);
  });
}

function problemKey({ stage, path, message }: Report["problems"][number]): string {
  return JSON.stringify([stage, path, message]);
}

function countsOf(keys: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The objects that a finding reaches, each as one text. */
export function objectsOf({ manifest, reaches }: Pick<Finding, "manifest" | "reaches">): readonly string[] {
  return (reaches ?? [{ manifest }]).map((reach) => {
    const { apiVersion, kind, namespace = "", name } = reach.manifest;
    return JSON.stringify([apiVersion, kind, namespace, name]);
  });
}
