import type { Policy } from "../model/policy.ts";

/** The policy that every manifest fits its schema. */
export const schemaPolicy: Policy = {
  id: "kubernetes/schema",
  package: "kubernetes/schema",
  title: "Manifests match the schema of their kind",
  description:
    "The cluster refuses fields that a kind does not have, values of a wrong type and the absence of what is required. " +
    "Kubernetes' own kinds are held against the schemas of the configured version, custom resources against the CRDs of the tree.",
  docs: "https://kubernetes.io/docs/reference/kubernetes-api/",
  severity: "high",
};

/** The policy that every manifest uses an API version that its cluster serves. */
export const apiVersionPolicy: Policy = {
  id: "kubernetes/api-version",
  package: "kubernetes/api-version",
  title: "API versions are served by the cluster",
  description:
    "Kubernetes deprecates API versions and stops serving them some releases later; what still uses them cannot be applied any more.",
  docs: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  severity: "high",
};
