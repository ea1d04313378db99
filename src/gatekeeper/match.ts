import type { JsonObject } from "../model/json.ts";
import { labelsOf, listAt, objectAt, textAt, textsAt } from "./values.ts";
import { selects } from "./selector.ts";

/** One object that constraints are matched with. */
export interface Reviewed {
  readonly object: JsonObject;
  readonly group: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  /** The Namespace that it is in; absent: not known, or it is in none. */
  readonly namespaceObject?: JsonObject;
  /** Whether it was written, or a controller would make it. */
  readonly source: "Original" | "Generated";
}

/** Whether a constraint applies; `unknown`: it selects Namespaces by label, and the object's Namespace is not known. */
export type Match = "yes" | "no" | "unknown";

/** Whether `spec.match` of a constraint selects an object, as `pkg/mutation/match` of Gatekeeper decides for admission. */
export function matches(match: JsonObject | undefined, reviewed: Reviewed): Match {
  if (match === undefined) return "yes";
  const { object, namespace } = reviewed;
  const isNamespace = reviewed.kind === "Namespace" && reviewed.group === "";
  if (!kindsMatch(match, reviewed) || !scopeMatches(match, namespace !== undefined, isNamespace)) return "no";
  const within = isNamespace ? (textAt(object, "metadata", "name") ?? "") : namespace;
  if (within !== undefined) {
    const [namespaces, excluded] = [textsAt(match, "namespaces"), textsAt(match, "excludedNamespaces")];
    if (namespaces.length > 0 && !namespaces.some((one) => wildcardMatches(one, within))) return "no";
    if (excluded.some((one) => wildcardMatches(one, within))) return "no";
  }
  const labelSelector = objectAt(match, "labelSelector");
  if (labelSelector !== undefined && !selects(labelSelector, labelsOf(object))) return "no";
  const byNamespace = namespaceMatch(match, reviewed, isNamespace);
  // What Gatekeeper compares after the Namespace could still exclude the object, but it reports the Namespace first.
  if (byNamespace !== "yes") return byNamespace;
  if (!nameMatches(textAt(match, "name") ?? "", object)) return "no";
  const source = textAt(match, "source") ?? "All";
  return source === "All" || source === "" || source === reviewed.source ? "yes" : "no";
}

/** Whether a constraint applies as far as that is known without the Namespace of an object. */
export function needsNamespace(match: JsonObject | undefined, reviewed: Reviewed): Match {
  const { namespaceObject: _, ...rest } = reviewed;
  return matches(match, rest);
}

function namespaceMatch(match: JsonObject, reviewed: Reviewed, isNamespace: boolean): Match {
  const selector = objectAt(match, "namespaceSelector");
  if (selector === undefined) return "yes";
  if (isNamespace) return selects(selector, labelsOf(reviewed.object)) ? "yes" : "no";
  if (reviewed.namespace === undefined) return "yes";
  if (reviewed.namespaceObject === undefined) return "unknown";
  return selects(selector, labelsOf(reviewed.namespaceObject)) ? "yes" : "no";
}

function kindsMatch(match: JsonObject, { group, kind }: Reviewed): boolean {
  const kinds = listAt(match, "kinds");
  if (kinds.length === 0) return true;
  const has = (list: readonly string[], one: string): boolean =>
    list.length === 0 || list.includes("*") || list.includes(one);
  return kinds.some((one) => has(textsAt(one, "kinds"), kind) && has(textsAt(one, "apiGroups"), group));
}

/** A scope that does not exist matches all. */
function scopeMatches(match: JsonObject, hasNamespace: boolean, isNamespace: boolean): boolean {
  switch (textAt(match, "scope")) {
    case "Cluster":
      return isNamespace || !hasNamespace;
    case "Namespaced":
      return !isNamespace && hasNamespace;
    case undefined:
    default:
      return true;
  }
}

function nameMatches(pattern: string, object: JsonObject): boolean {
  if (pattern === "") return true;
  const generated = textAt(object, "metadata", "generateName") ?? "";
  return (
    wildcardMatches(pattern, textAt(object, "metadata", "name") ?? "") ||
    (pattern.endsWith("*") && wildcardMatches(pattern, generated))
  );
}

/** A `*` at the start or the end stands for any text. */
function wildcardMatches(pattern: string, text: string): boolean {
  const [open, closed] = [pattern.startsWith("*"), pattern.endsWith("*")];
  if (open && closed) return text.includes(pattern.slice(1).replace(/\*$/, ""));
  if (open) return text.endsWith(pattern.slice(1));
  return closed ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
