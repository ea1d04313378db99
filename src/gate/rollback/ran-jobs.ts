import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Loss } from "../../model/rollback.ts";
import { identityKey } from "../fingerprint.ts";
import { annotation } from "../dangers/marks.ts";
import { objectName } from "./object-name.ts";

/**
 * Jobs and hooks that came or changed since then: they have run, and what they did to data stays. `changes` go back, `since` are
 * those of the states in between.
 */
export function ranJobs(changes: readonly Change[], since: readonly Manifest[]): readonly Loss[] {
  const again = new Set(
    changes.flatMap((change) => (change.kind !== "deleted" && isRun(change.after) ? [keyOf(change.after)] : [])),
  );
  const left = changes.flatMap((change) => (change.kind === "created" ? [] : [change.before]));
  const ran = new Map([...since, ...left].filter(isRun).map((job) => [keyOf(job), job]));
  return [...ran].map(([key, job]) => ({
    kind: "ran",
    manifest: objectName(job),
    message: `${hookOf(job) === undefined ? "" : `a hook (${hookOf(job)}): `}came or changed since then, so it has run; what it did, such as to a database, stays${again.has(key) ? ". The one of then runs again, unless the cluster refuses it" : ""}`,
  }));
}

/** Whether an object runs once and is done: a Job, or a Pod that is a hook. */
export function isRun({ identity: { group, kind }, value }: Manifest): boolean {
  return (group === "batch" && kind === "Job") || (kind === "Pod" && hookIn(value) !== undefined);
}

function hookOf({ value }: Manifest): string | undefined {
  return hookIn(value);
}

function hookIn(value: Manifest["value"]): string | undefined {
  return annotation(value, "helm.sh/hook") ?? annotation(value, "argocd.argoproj.io/hook");
}

function keyOf({ identity, environment }: Manifest): string {
  return identityKey(identity, environment);
}
