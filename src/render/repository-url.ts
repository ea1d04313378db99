/**
 * Whether a URL in a GitOps object is that of the tree's repository. `unknown`: the repository's URLs are not known,
 * so a path that exists here counts as one of this repository.
 */
export function repositoryNamedBy(url: string, repositories: readonly string[]): "this" | "other" | "unknown" {
  if (repositories.length === 0) return "unknown";
  const wanted = normalizedUrl(url);
  return repositories.some((one) => normalizedUrl(one) === wanted) ? "this" : "other";
}

/** How a gap names another repository, and the way out where it is a mirror or the clone is one of a fork. */
export function otherRepository(url: string): string {
  return `another repository, ${withoutUser(url)} (if it is this one, list the URL under repositories)`;
}

/** The URL without its user part, which could hold a password. */
export function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1");
}

/** The ports that a protocol has by itself. */
const ownPorts: { readonly [protocol: string]: string } = {
  "http://": "80",
  "https://": "443",
  "ssh://": "22",
  "git+ssh://": "22",
  "git://": "9418",
};

/** Hosts at which a forge takes SSH on the port of HTTPS. */
const sshHosts: { readonly [host: string]: string } = {
  "ssh.github.com:443": "github.com",
  "altssh.gitlab.com:443": "gitlab.com",
  "altssh.bitbucket.org:443": "bitbucket.org",
};

/**
 * Host and path for comparison: without protocol, user, the protocol's own port and `.git`, in lower case (hosts ignore
 * case, and so do the large forges). Another port is another server.
 */
export function normalizedUrl(url: string): string {
  const text = url.trim().toLowerCase();
  const protocol = /^[a-z][a-z0-9+.-]*:\/\//.exec(text)?.[0] ?? "";
  const rest = text.slice(protocol.length);
  const authority = /^[^/]*/.exec(rest)?.[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [name = "", colon = ""] = host.split(":");
  const path = rest.slice(authority.length);
  // Without a protocol (`git@host:owner/name`) the path starts after the colon, else a port.
  const whole =
    protocol === "" && colon !== "" ? `${name}/${colon}${path}` : `${serverOf(protocol, name, colon)}${path}`;
  return whole
    .replaceAll(/\/{2,}/g, "/")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}

function serverOf(protocol: string, name: string, port: string): string {
  const withPort = `${name}:${port}`;
  if (protocol === "ssh://" && Object.hasOwn(sshHosts, withPort)) return sshHosts[withPort] ?? name;
  return port === "" || port === ownPorts[protocol] ? name : withPort;
}
