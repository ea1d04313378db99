import type { Path } from "../../manifest/pointer.ts";
import type { BuiltinFinding, StateChange } from "../../model/builtin-check.ts";
import type { Config } from "../../model/config.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Source } from "../../model/source.ts";
import { dangerViolation } from "./danger-violation.ts";
import { valueAt } from "./differences.ts";
import { immutableRules } from "./immutable/rules.ts";
import type { Fixed } from "./immutable/rule.ts";
import { annotation, syncOptions } from "./marks.ts";
import { dangers } from "./policies.ts";

/** Finds updates that Kubernetes will refuse. Objects that are replaced instead of updated (hooks, forced ones) give a warning or nothing. */
export function immutableFields({ changes, after }: StateChange, config: Config): readonly BuiltinFinding[] {
  return changes.flatMap((change) => {
    if (change.kind !== "updated" && change.kind !== "moved") return [];
    const { before, after: now } = change;
    // Another API version may write the same object in another form.
    if (before.apiVersion !== now.apiVersion || isHook(before) || isHook(now)) return [];
    const { group, kind } = now.identity;
    const rule = immutableRules[`${group}/${kind}`];
    if (rule === undefined) return [];
    const found = rule({ before: before.value, after: now.value, minor: minorOf(now.environment, config) });
    const anew = isRecreated(now, now.source === undefined ? undefined : after.sources.get(now.source));
    if (anew && replaceable.has(kind)) return [];
    return found.map((one) => findingOf(before, now, one, anew));
  });
}

/** Kinds that can be deleted and recreated without an outage. */
const replaceable = new Set(["Job", "Pod", "ConfigMap", "Secret", "RoleBinding", "ClusterRoleBinding"]);

function findingOf(before: Manifest, now: Manifest, { field, changed, unless }: Fixed, anew: boolean): BuiltinFinding {
  const path = changed[0] ?? [];
  const difference = now.identity.kind === "Secret" ? "" : spelled(before.value, now.value, path, field);
  const more = changed.length > 1 ? ` (and ${changed.length - 1} more)` : "";
  const what = `${field} cannot be changed once the object exists${difference === "" ? "" : `: ${difference}`}${more}`;
  const message = anew
    ? `${what}; it will be deleted and recreated`
    : `${what}${unless === undefined ? "" : `; ${unless}`}`;
  const reads = changed.map((place) => [valueAt(before.value, place) ?? null, valueAt(now.value, place) ?? null]);
  const level = anew ? "warn" : "deny";
  const policy = dangers.immutableField;
  return {
    about: "manifest",
    manifest: now,
    violation: dangerViolation({ policy, level, message, at: { manifest: now.value, path }, reads }),
  };
}

/** `matchLabels.app was "web" and would be "shop"`. */
function spelled(before: JsonObject, now: JsonObject, path: Path, field: string): string {
  const name = path.slice(field.split(".").length).join(".");
  const [old, next] = [shown(valueAt(before, path)), shown(valueAt(now, path))];
  if (old === undefined || next === undefined) return name;
  return `${name === "" ? "it" : name} was ${old} and would be ${next}`;
}

const LONGEST = 60;

function shown(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return "absent";
  if (typeof value === "object") return undefined;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function minorOf(environment: string | undefined, { environments, schemas }: Config): number | undefined {
  const own = environment === undefined ? undefined : environments[environment]?.kubernetes;
  const version = own ?? schemas.kubernetes;
  return version === undefined ? undefined : Number(version.split(".")[1]);
}

/** Whether Helm or Argo CD deletes the object before creating it again, as they do with hooks. */
function isHook({ value }: Manifest): boolean {
  return ["helm.sh/hook", "argocd.argoproj.io/hook"].some((key) => annotation(value, key) !== undefined);
}

function isRecreated({ value }: Manifest, source: Source | undefined): boolean {
  const forced = annotation(value, "kustomize.toolkit.fluxcd.io/force")?.toLowerCase() === "enabled";
  return forced || source?.traits?.recreates === true || syncOptions(value).has("Force=true");
}
