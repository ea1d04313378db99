/**
 * Whether Kustomize would ask a server for what a kustomization names: a URL, or what its Git client takes for one
 * (`git@host:…`, `github.com/owner/repo//path?ref=v1`). Asked only of what is not in the tree, which Kustomize tries first.
 */
export function isRemote(written: string): boolean {
  return (
    written.includes("://") ||
    /^(?:git::|gh:|[\w.-]+@[\w.-]+:)/.test(written) ||
    /[?&](?:ref|version|timeout|submodules)=/.test(written) ||
    written.includes("_git/") ||
    written.includes(".git/") ||
    written.endsWith(".git") ||
    /^(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?\/[^/]+\/[^/]+/i.test(written)
  );
}
