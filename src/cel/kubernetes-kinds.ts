/** What is known of Kubernetes' own kinds; all others are declared by CRDs, or served by other API servers. */
export interface KubernetesKinds {
  readonly groups: ReadonlySet<string>;
  /** As `group/Kind`. */
  readonly clusterScoped: ReadonlySet<string>;
}
