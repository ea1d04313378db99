/** The ids of all builtin policies. A configuration may name them even where they are switched off. */
export const builtinIds: { readonly [id: string]: true } = {
  "argocd/project": true,
  "argocd/repeated-object": true,
  "changes/deletion": true,
  "changes/guardrail": true,
  "changes/immutable-field": true,
  "changes/prune": true,
  "changes/suspended": true,
  "changes/two-owners": true,
  "changes/unjudged": true,
  "flux/dependency": true,
  "flux/namespace": true,
  "helm/repeated-key": true,
  "kubernetes/api-version": true,
  "kubernetes/schema": true,
  "policies/dead": true,
  "remotes/unknown": true,
};
