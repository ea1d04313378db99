import {
  admissionBinding,
  admissionPolicy,
  constraint,
  constraintTemplate,
  kyvernoPolicy,
  webhooks,
} from "./admission.ts";
import { appProject, binding, role } from "./access.ts";
import { disruptionBudget, limitRange, namespace, networkPolicy, resourceQuota } from "./limits.ts";
import type { GuardrailRule } from "./rule.ts";

/** A kind whose objects limit what others may do. */
export interface Guardrail {
  /** The level of a finding where such an object is deleted; absent where a deletion takes rights away or is a danger of its own. */
  readonly deleted?: "deny" | "warn";
  /** Absent: its updates are not compared. */
  readonly loosened?: GuardrailRule;
}

const ADMISSION = "admissionregistration.k8s.io";

const kinds: { readonly [groupKind: string]: Guardrail } = {
  [`${ADMISSION}/ValidatingAdmissionPolicy`]: { deleted: "deny", loosened: admissionPolicy },
  [`${ADMISSION}/MutatingAdmissionPolicy`]: { deleted: "deny", loosened: admissionPolicy },
  [`${ADMISSION}/ValidatingAdmissionPolicyBinding`]: { deleted: "deny", loosened: admissionBinding },
  [`${ADMISSION}/MutatingAdmissionPolicyBinding`]: { deleted: "deny", loosened: admissionBinding },
  [`${ADMISSION}/ValidatingWebhookConfiguration`]: { deleted: "deny", loosened: webhooks },
  [`${ADMISSION}/MutatingWebhookConfiguration`]: { deleted: "deny", loosened: webhooks },
  "kyverno.io/ClusterPolicy": { deleted: "deny", loosened: kyvernoPolicy },
  "kyverno.io/Policy": { deleted: "deny", loosened: kyvernoPolicy },
  "templates.gatekeeper.sh/ConstraintTemplate": { deleted: "deny", loosened: constraintTemplate },
  "argoproj.io/AppProject": { deleted: "deny", loosened: appProject },
  "/Namespace": { loosened: namespace },
  "/ResourceQuota": { deleted: "warn", loosened: resourceQuota },
  "/LimitRange": { deleted: "warn", loosened: limitRange },
  "policy/PodDisruptionBudget": { deleted: "warn", loosened: disruptionBudget },
  "networking.k8s.io/NetworkPolicy": { deleted: "warn", loosened: networkPolicy },
  "policy.networking.k8s.io/AdminNetworkPolicy": { deleted: "warn" },
  "policy.networking.k8s.io/BaselineAdminNetworkPolicy": { deleted: "warn" },
  "cilium.io/CiliumNetworkPolicy": { deleted: "warn" },
  "cilium.io/CiliumClusterwideNetworkPolicy": { deleted: "warn" },
  "projectcalico.org/NetworkPolicy": { deleted: "warn" },
  "projectcalico.org/GlobalNetworkPolicy": { deleted: "warn" },
  "crd.projectcalico.org/NetworkPolicy": { deleted: "warn" },
  "crd.projectcalico.org/GlobalNetworkPolicy": { deleted: "warn" },
  "security.istio.io/AuthorizationPolicy": { deleted: "warn" },
  "security.istio.io/PeerAuthentication": { deleted: "warn" },
  "rbac.authorization.k8s.io/Role": { loosened: role },
  "rbac.authorization.k8s.io/ClusterRole": { loosened: role },
  "rbac.authorization.k8s.io/RoleBinding": { loosened: binding },
  "rbac.authorization.k8s.io/ClusterRoleBinding": { loosened: binding },
};

/** What a kind guards, if it is a guardrail. */
export function guardrailOf({ group, kind }: { readonly group: string; readonly kind: string }): Guardrail | undefined {
  const known = kinds[`${group}/${kind}`];
  if (known !== undefined) return known;
  // Gatekeeper makes a kind of every template.
  if (group === "constraints.gatekeeper.sh") return { deleted: "deny", loosened: constraint };
  if (group === "policies.kyverno.io" && kind !== "PolicyException")
    return { deleted: "deny", loosened: kyvernoPolicy };
  return undefined;
}
