import type { Policy } from "../model/policy.ts";

/** The policy that every manifest fits its schema. */
export const schemaPolicy: Policy = {
  id: "kubernetes/schema",
  package: "kubernetes/schema",
  title: "Manifests match the schema of their kind",
  description:
    "The cluster refuses unknown fields, values of a wrong type and missing required fields. " +
    "Kubernetes' own kinds are validated against the schemas of the configured version, custom resources against the CRDs in the tree.",
  docs: "https://kubernetes.io/docs/reference/kubernetes-api/",
  severity: "high",
};

/** The policy that every manifest uses an API version that its cluster serves. */
export const apiVersionPolicy: Policy = {
  id: "kubernetes/api-version",
  package: "kubernetes/api-version",
  title: "API versions are served by the cluster",
  description:
    "Kubernetes deprecates API versions and stops serving them some releases later. Manifests that still use them can then no longer be applied.",
  docs: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  severity: "high",
};
