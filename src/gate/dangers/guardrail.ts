import { isObject } from "../../manifest/identity.ts";
import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Path } from "../../manifest/pointer.ts";
import { canonicalJson } from "../../manifest/canonical-json.ts";
import { dangerViolation, named } from "./danger-violation.ts";
import { deletionEffect } from "./deletion-effect.ts";
import { valueAt } from "./differences.ts";
import { guardrailOf } from "./guardrails/kinds.ts";
import { dangers } from "./policies.ts";

/** Finds objects that limit what others may do and that the change deletes or makes weaker. */
export function guardrails(change: StateChange): readonly BuiltinFinding[] {
  return change.changes.flatMap((one): readonly BuiltinFinding[] => {
    if (one.kind === "deleted") return deleted(one.before, change);
    if (one.kind === "updated" || (one.kind === "moved" && !one.equal)) return loosened(one.before, one.after);
    return [];
  });
}

function deleted(before: Manifest, change: StateChange): readonly BuiltinFinding[] {
  const level = guardrailOf(before.identity)?.deleted;
  if (level === undefined || !guardsStill(before, change)) return [];
  const fate = deletionEffect(before, change);
  return [
    {
      about: "manifest",
      manifest: before,
      violation: dangerViolation({
        policy: dangers.guardrail,
        level: fate.kind === "kept" ? "info" : level,
        message: `${nameOf(before)} leaves the desired state; ${fate.because}`,
      }),
    },
  ];
}

function loosened(before: Manifest, now: Manifest): readonly BuiltinFinding[] {
  const rule = guardrailOf(now.identity)?.loosened;
  return (rule?.({ before: before.value, after: now.value }) ?? []).map(({ what, path, level }) => {
    const at = existing(now.value, path);
    return {
      about: "manifest",
      manifest: now,
      violation: dangerViolation({
        policy: dangers.guardrail,
        level,
        message: `${nameOf(now)}: ${what}`,
        at: { manifest: now.value, path: at, lacks: at.length < path.length },
        reads: [what, valueAt(now.value, at) ?? null],
      }),
    };
  });
}

/** Whether something is left that the object limited: its Namespace holds other objects, and what it selects does not go too. */
function guardsStill({ identity, environment, value }: Manifest, { changes, after }: StateChange): boolean {
  const { namespace } = identity;
  if (namespace === undefined) return true;
  const others = after.manifests.some(
    (other) =>
      other.identity.namespace === namespace &&
      other.environment === environment &&
      guardrailOf(other.identity) === undefined,
  );
  if (!others) return false;
  const labels =
    valueAt(value, ["spec", "podSelector", "matchLabels"]) ?? valueAt(value, ["spec", "selector", "matchLabels"]);
  if (!isObject(labels) || Object.keys(labels).length === 0) return true;
  return !changes.some(
    (one) =>
      one.kind === "deleted" &&
      one.before.environment === environment &&
      one.before.identity.namespace === namespace &&
      has(labels, valueAt(one.before.value, ["spec", "template", "metadata", "labels"])),
  );
}

function has(labels: JsonObject, of: Json | undefined): boolean {
  return (
    isObject(of) &&
    Object.entries(labels).every(([key, value]) => canonicalJson(of[key] ?? null) === canonicalJson(value))
  );
}

/** The longest part of a path that exists. */
function existing(manifest: JsonObject, path: Path): Path {
  let length = path.length;
  while (length > 0 && valueAt(manifest, path.slice(0, length)) === undefined) length--;
  return path.slice(0, length);
}

function nameOf({ identity: { kind, namespace, name } }: Manifest): string {
  return named({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
}
