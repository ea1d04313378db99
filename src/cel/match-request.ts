import { isList, member } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Match } from "./admission-policy.ts";
import { fitsSelector } from "./label-selector.ts";

/** A request to the API server, as far as policies choose by it. */
export interface Request {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly name: string;
  /** Absent: a cluster-scoped object. */
  readonly namespace?: string;
  readonly operation: string;
  readonly object: JsonObject | undefined;
  readonly oldObject: JsonObject | undefined;
  /** The labels of the namespace, or of the object where it is one; undefined where there is none. */
  readonly namespaceLabels: Json | undefined;
  /** Other versions under which the same resource is served. */
  readonly otherVersions: readonly string[];
}

/** `other`: it matches as another version of its resource, which it would have to be converted to. */
export type Matching = { readonly kind: "no" } | { readonly kind: "yes"; readonly version: string };

/** Whether a request is one that a policy or a binding is for, and under which version; the rules of Kubernetes' admission. */
export function matchRequest(match: Match, request: Request): Matching {
  const fits =
    !isExempt(request) &&
    (request.namespaceLabels === undefined || fitsSelector(match.namespaceSelector, request.namespaceLabels)) &&
    fitsObject(match.objectSelector, request);
  if (!fits) return { kind: "no" };
  const versions = [request.version, ...(match.equivalent ? request.otherVersions : [])];
  const byRules = (rules: readonly JsonObject[]): string | undefined =>
    versions.find((version) => rules.some((rule) => fitsRule(rule, { ...request, version })));
  if (byRules(match.excluded) !== undefined) return { kind: "no" };
  if (match.rules.length === 0) return { kind: "yes", version: request.version };
  const version = byRules(match.rules);
  return version === undefined ? { kind: "no" } : { kind: "yes", version };
}

/** Kubernetes asks no policy about these, so that policies cannot lock themselves in. */
function isExempt({ group, resource }: Request): boolean {
  return group === "admissionregistration.k8s.io" && exempt.has(resource);
}

const exempt = new Set([
  "mutatingadmissionpolicies",
  "mutatingadmissionpolicybindings",
  "mutatingwebhookconfigurations",
  "validatingadmissionpolicies",
  "validatingadmissionpolicybindings",
  "validatingwebhookconfigurations",
]);

function fitsObject(selector: Json | undefined, { object, oldObject }: Request): boolean {
  const fits = (one: JsonObject | undefined): boolean =>
    one !== undefined && fitsSelector(selector, member(member(one, "metadata"), "labels"));
  return fits(object) || fits(oldObject);
}

function fitsRule(rule: JsonObject, { group, version, resource, operation, name, namespace }: Request): boolean {
  const { scope, resourceNames } = rule;
  return (
    (scope === undefined || scope === "*" || scope === (namespace === undefined ? "Cluster" : "Namespaced")) &&
    lists(rule["operations"], operation) &&
    lists(rule["apiGroups"], group) &&
    lists(rule["apiVersions"], version) &&
    fitsResource(rule["resources"], resource) &&
    (!isList(resourceNames) || resourceNames.length === 0 || resourceNames.includes(name))
  );
}

function lists(list: Json | undefined, value: string): boolean {
  return isList(list) && (list.includes("*") || list.includes(value));
}

/** `pods/*` and `*\/*` stand for the resource and its subresources; only the resource itself is ever asked about. */
function fitsResource(list: Json | undefined, resource: string): boolean {
  return isList(list) && ["*", "*/*", resource, `${resource}/*`].some((one) => list.includes(one));
}
