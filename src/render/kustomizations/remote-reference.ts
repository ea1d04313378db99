/**
 * Whether Kustomize would fetch an entry of a kustomization from a server: a URL, or what its Git client treats as one
 * (`git@host:…`, `github.com/owner/repo//path?ref=v1`). Kustomize tries the tree first, so call it only for entries that are not in the tree.
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
