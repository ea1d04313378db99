import { isObject } from "../manifest/identity.ts";
import { member } from "../manifest/member.ts";
import type { JsonObject } from "../model/json.ts";
import type { PolicyObject } from "../model/policy.ts";
import { levelOf, nameOf, readPolicy, type NamedPolicy } from "./admission-policy.ts";

const shared = [
  "failurePolicy",
  "matchConstraints",
  "matchConditions",
  "variables",
  "validations",
  "auditAnnotations",
] as const;

/** Kyverno's ValidatingPolicy objects, as the admission policies that they are as far as they are in the same language. */
export function kyvernoPolicies(objects: readonly PolicyObject[]): readonly NamedPolicy[] {
  return objects.filter(isValidatingPolicy).map((object): NamedPolicy => {
    const spec = member(object.value, "spec");
    const kept = shared.flatMap((key) => {
      const value = member(spec, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    const value: JsonObject = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata: { name: nameOf(object.value) },
      spec: Object.fromEntries(kept),
    };
    const policy = { ...readPolicy({ ...object, value }), object };
    const level = levelOf(member(spec, "validationActions") ?? member(spec, "validationAction"));
    const binding = { name: policy.name, policyName: policy.name, match: undefined, param: undefined, level, object };
    return { id: `validatingpolicy/${policy.name}`, policy, bindings: [binding], hasOwnFunctions: true };
  });
}

function isValidatingPolicy({ value }: PolicyObject): boolean {
  const { apiVersion, kind, spec } = value;
  // Policies about JSON that is no Kubernetes object are evaluated elsewhere.
  const mode = member(member(spec, "evaluation"), "mode");
  return (
    typeof apiVersion === "string" &&
    apiVersion.startsWith("policies.kyverno.io/") &&
    kind === "ValidatingPolicy" &&
    isObject(spec) &&
    (mode === undefined || mode === "Kubernetes")
  );
}
