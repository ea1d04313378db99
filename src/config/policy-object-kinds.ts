import type { JsonObject } from "../model/json.ts";

/**
 * What becomes of an object below a policy path. `policy`: it is handed to the judges, which say what of it they cannot
 * judge. `refused`: it would deny something, and no judge reads it yet. `other`: it is not about policies.
 */
export type PolicyObjectUse = "policy" | "refused" | "other";

/** By group and kind; `*` stands for every kind of the group. */
const uses: { readonly [groupAndKind: string]: PolicyObjectUse } = {
  "templates.gatekeeper.sh/ConstraintTemplate": "policy",
  "constraints.gatekeeper.sh/*": "policy",
  "expansion.gatekeeper.sh/ExpansionTemplate": "policy",
  "config.gatekeeper.sh/Config": "policy",
  "syncset.gatekeeper.sh/SyncSet": "policy",
  "mutations.gatekeeper.sh/*": "policy",
  "externaldata.gatekeeper.sh/*": "policy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy": "policy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding": "policy",
  "admissionregistration.k8s.io/MutatingAdmissionPolicy": "policy",
  "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding": "policy",
  "kyverno.io/*": "refused",
  "policies.kyverno.io/ValidatingPolicy": "policy",
  "policies.kyverno.io/*": "refused",
};

/** What becomes of an object, by its group and kind. */
export function policyObjectUse(object: JsonObject): PolicyObjectUse {
  const group = groupOf(object);
  const { kind } = object;
  const own = typeof kind === "string" ? `${group}/${kind}` : "";
  return (Object.hasOwn(uses, own) ? uses[own] : uses[`${group}/*`]) ?? "other";
}

/** Whether a text that cannot be read names the group of an object that would be read. */
export function namesPolicyGroup(text: string): boolean {
  const [, group] = /^\s*["']?apiVersion["']?\s*:\s*["']?([\w.-]+)\//m.exec(text) ?? [];
  return group !== undefined && group !== "admissionregistration.k8s.io" && groups.has(group);
}

const groups = new Set(Object.keys(uses).map((key) => key.slice(0, key.indexOf("/"))));

/** The API group of an object; empty for the core group. */
export function groupOf({ apiVersion }: JsonObject): string {
  return typeof apiVersion === "string" && apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
}
