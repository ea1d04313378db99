import { isObject } from "../manifest/identity.ts";
import { isList, member } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Level, PolicyObject } from "../model/policy.ts";

/** What a policy or a binding says about the requests that it is for; as of `MatchResources` of Kubernetes. */
export interface Match {
  readonly namespaceSelector: Json | undefined;
  readonly objectSelector: Json | undefined;
  readonly rules: readonly JsonObject[];
  readonly excluded: readonly JsonObject[];
  /** Whether a rule for another version of the same resource counts too; Kubernetes' default. */
  readonly equivalent: boolean;
}

/** The objects that a binding hands to its policy as `params`. */
export interface ParamRef {
  readonly name?: string;
  readonly namespace?: string;
  readonly selector?: Json;
  readonly denyIfMissing: boolean;
}

/** A binding of a ValidatingAdmissionPolicy. */
export interface Binding {
  readonly name: string;
  readonly policyName: string;
  readonly match: Match | undefined;
  readonly param: ParamRef | undefined;
  /** The strictest of its actions. */
  readonly level: Level;
  readonly object: PolicyObject;
}

/** A ValidatingAdmissionPolicy, as far as it decides what it is asked about. */
export interface AdmissionPolicy {
  readonly name: string;
  readonly match: Match;
  readonly paramKind: { readonly group: string; readonly kind: string } | undefined;
  readonly value: JsonObject;
  readonly object: PolicyObject;
  /** What the API server does where it cannot evaluate the policy. */
  readonly failurePolicy: "Fail" | "Ignore";
}

/** A policy of either dialect, before it is compiled. */
export interface NamedPolicy {
  readonly id: string;
  readonly policy: AdmissionPolicy;
  readonly bindings: readonly Binding[];
  /** Whether its dialect has functions that the API server has not: an expression with one of them is left out, and said. */
  readonly hasOwnFunctions: boolean;
}

const group = "admissionregistration.k8s.io";

/** Whether an object is one of this dialect. */
export function isAdmissionObject({ value }: PolicyObject, kind: string): boolean {
  const { apiVersion } = value;
  return typeof apiVersion === "string" && apiVersion.startsWith(`${group}/`) && value["kind"] === kind;
}

/** Reads a ValidatingAdmissionPolicy. */
export function readPolicy(object: PolicyObject): AdmissionPolicy {
  const { value } = object;
  const spec = member(value, "spec");
  const kind = text(member(member(spec, "paramKind"), "kind"));
  const apiVersion = text(member(member(spec, "paramKind"), "apiVersion"));
  return {
    name: nameOf(value),
    match: readMatch(member(spec, "matchConstraints")),
    paramKind: kind === undefined || apiVersion === undefined ? undefined : { group: groupOf(apiVersion), kind },
    value,
    object,
    failurePolicy: member(spec, "failurePolicy") === "Ignore" ? "Ignore" : "Fail",
  };
}

/** Reads a ValidatingAdmissionPolicyBinding. */
export function readBinding(object: PolicyObject): Binding {
  const { value } = object;
  const spec = member(value, "spec");
  const matched = member(spec, "matchResources");
  return {
    name: nameOf(value),
    policyName: text(member(spec, "policyName")) ?? "",
    match: isObject(matched) ? readMatch(matched) : undefined,
    param: readParam(member(spec, "paramRef")),
    level: levelOf(member(spec, "validationActions")),
    object,
  };
}

/** Reads what a policy or a binding matches; without rules a binding matches what its policy matches. */
function readMatch(value: Json | undefined): Match {
  const objects = (key: string): readonly JsonObject[] => {
    const list = member(value, key);
    return isList(list) ? list.filter(isObject) : [];
  };
  return {
    namespaceSelector: member(value, "namespaceSelector"),
    objectSelector: member(value, "objectSelector"),
    rules: objects("resourceRules"),
    excluded: objects("excludeResourceRules"),
    equivalent: member(value, "matchPolicy") !== "Exact",
  };
}

function readParam(value: Json | undefined): ParamRef | undefined {
  if (!isObject(value)) return undefined;
  const name = text(member(value, "name"));
  const namespace = text(member(value, "namespace"));
  const selector = member(value, "selector");
  return {
    ...(name === undefined ? {} : { name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { selector }),
    denyIfMissing: member(value, "parameterNotFoundAction") === "Deny",
  };
}

/** Of `validationActions`, the strictest. */
export function levelOf(actions: Json | undefined): Level {
  const named = isList(actions) ? actions : [];
  if (named.includes("Deny") || named.length === 0) return "deny";
  return named.includes("Warn") ? "warn" : "info";
}

/** The name of an object; empty where it has none. */
export function nameOf(value: JsonObject): string {
  return text(member(member(value, "metadata"), "name")) ?? "";
}

/** The API group of an `apiVersion`. */
function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
