/**
 * Whether a URL in a GitOps object is that of the tree's repository. `unknown`: the repository's URLs are not known,
 * so a path that exists here counts as one of this repository.
 */
export function repositoryNamedBy(url: string, repositories: readonly string[]): "this" | "other" | "unknown" {
  if (repositories.length === 0) return "unknown";
  const wanted = normalizedUrl(url);
  return repositories.some((one) => normalizedUrl(one) === wanted) ? "this" : "other";
}

/** Host and path for comparison: without protocol, user, port and `.git`, in lower case (hosts ignore case, and so do the large forges). */
export function normalizedUrl(url: string): string {
  const text = url.trim().toLowerCase();
  const protocol = /^[a-z][a-z0-9+.-]*:\/\//.exec(text)?.[0] ?? "";
  const rest = text.slice(protocol.length);
  const authority = /^[^/]*/.exec(rest)?.[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [name = "", colon = ""] = host.split(":");
  const path = rest.slice(authority.length);
  // Without a protocol (`git@host:owner/name`) the path starts after the colon, else a port.
  const whole = protocol !== "" || colon === "" ? `${name}${path}` : `${name}/${colon}${path}`;
  return whole
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}
