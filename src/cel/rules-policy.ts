import type { Policy } from "../model/policy.ts";

/** The policy that custom resources keep the rules that their CRDs declare in CEL. */
export const rulesPolicy: Policy = {
  id: "kubernetes/rules",
  package: "kubernetes/rules",
  title: "Custom resources keep the rules of their CRD",
  description:
    "The API server refuses a custom resource that breaks a rule of its CRD (x-kubernetes-validations), " +
    "and a CRD whose rules do not compile or may cost too much.",
  docs: "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules",
  severity: "high",
};
