import type { Manifest } from "../model/manifest.ts";
import type { Policy } from "../model/policy.ts";
import type { Source } from "../model/source.ts";
import type { Violation } from "../model/violation.ts";
import type { Scopes } from "./crd-scopes.ts";

/** Policies about what a GitOps tool refuses, or takes otherwise than it is written, among the manifests of one source. */
export const sourcePolicies = {
  namespace: {
    id: "flux/namespace",
    package: "flux.namespace",
    title: "Namespaced objects have a namespace",
    description:
      "kustomize-controller refuses a namespaced object without a namespace, and then applies nothing of the Kustomization. Set metadata.namespace, or spec.targetNamespace of the Kustomization.",
    docs: "https://fluxcd.io/flux/components/kustomize/kustomizations/#target-namespace",
  },
  repeatedObject: {
    id: "argocd/repeated-object",
    package: "argocd.repeated_object",
    title: "The sources of an Application yield different objects",
    description:
      "Where several sources of one Application yield the same object, Argo CD applies that of the last source and warns. Keep it in one of them.",
    docs: "https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/",
  },
  repeatedKey: {
    id: "helm/repeated-key",
    package: "helm.repeated_key",
    title: "Charts render each key once",
    description:
      "A chart renders a key twice in one mapping. Helm and Argo CD take the last one, other tools refuse the object. Change the values that lead to it, or report it to the chart's authors.",
    docs: "https://yaml.org/spec/1.2.2/#3213-node-comparison",
  },
} as const satisfies { readonly [name: string]: Policy };

export interface SourceViolation {
  readonly manifest: Manifest;
  readonly violation: Violation;
}

/** What the tool that applies a source makes of its manifests; `steps` are the manifests of each step of its plan. */
export function sourceViolations(
  { kind }: Source,
  steps: readonly (readonly Manifest[])[],
  { isClusterScoped }: Scopes,
): readonly SourceViolation[] {
  return [
    ...(kind === "flux-kustomization" ? steps.flat().filter((one) => lacksNamespace(one, isClusterScoped)) : []).map(
      (manifest) => ({ manifest, violation: withoutNamespace }),
    ),
    ...(kind === "argocd-application" ? repeated(steps) : []),
  ];
}

function lacksNamespace(
  { identity: { group, kind, namespace } }: Manifest,
  isClusterScoped: Scopes["isClusterScoped"],
) {
  return namespace === undefined && isClusterScoped(group, kind) === false;
}

const withoutNamespace = violation(
  sourcePolicies.namespace,
  "deny",
  "has no namespace: Flux refuses it, and applies nothing of this Kustomization",
  "/metadata",
);

function repeated(steps: readonly (readonly Manifest[])[]): readonly SourceViolation[] {
  const known = new Set<string>();
  return steps.flatMap((manifests) => {
    const again = manifests.filter(({ identity }) => known.has(JSON.stringify(identity)));
    for (const { identity } of manifests) known.add(JSON.stringify(identity));
    const message = "an earlier source of this Application yields the same object: Argo CD applies this one alone";
    return again.map((manifest) => ({
      manifest,
      violation: violation(sourcePolicies.repeatedObject, "warn", message, "/metadata/name"),
    }));
  });
}

/** The violation for a key that a chart renders twice. */
export function repeatedKey(key: string): Violation {
  return violation(
    sourcePolicies.repeatedKey,
    "warn",
    `renders the key ${key} twice in one mapping: the last one is judged`,
    "",
  );
}

function violation({ id }: Policy, level: Violation["level"], message: string, pointer: string): Violation {
  return {
    policy: id,
    rule: level,
    level,
    message,
    cause: { pointer, stablePointer: pointer, precision: "value", reads: message },
    readsChange: false,
  };
}
