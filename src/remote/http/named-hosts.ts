/** What a pattern lets be spoken to it: `https://charts.example.com:8443`, in the URL standard's form. */
type Origin = string;

const schemes: { readonly [scheme: string]: "https:" | "http:" } = {
  https: "https:",
  oci: "https:",
  http: "http:",
  "oci+http": "http:",
  // Its host alone counts: an SSH server is judged as if it were one of HTTPS.
  ssh: "https:",
};

/** The hosts that patterns name, which may then have a private address or speak plain HTTP. */
export interface NamedHosts {
  has(url: URL): boolean;
  /** Whether a host's name, without a port, is among those that are named. */
  hasName(host: string): boolean;
  /** Whether a registry (`host:port`) is to be spoken to without TLS. */
  isPlainRegistry(host: string): boolean;
}

/**
 * Reads the hosts that patterns name. A pattern names the host that it spells out (`https://charts.internal/**`,
 * `oci://10.1.2.3:5000/**`); one with a wildcard in the host names none. `http://HOST` and `oci+http://HOST` do so for
 * plain HTTP alone, the latter for a registry.
 */
export function namedHosts(patterns: readonly string[]): NamedHosts {
  const origins = new Set<Origin>();
  const names = new Set<string>();
  const plainRegistries = new Set<string>();
  for (const pattern of patterns) {
    const [, scheme = "", written = ""] = /^([a-z+]+):\/\/([^/]+)/.exec(pattern) ?? [];
    const protocol = schemes[scheme];
    const host = scheme === "ssh" ? written.replace(/^[\w.-]+@|:\d+$/g, "") : written;
    if (protocol === undefined || /[*?{}\\@]/.test(host)) continue;
    const url = URL.canParse(`${protocol}//${host}`) ? new URL(`${protocol}//${host}`) : undefined;
    if (url === undefined || url.host === "") continue;
    origins.add(url.origin);
    names.add(bare(url.hostname));
    if (scheme === "oci+http") plainRegistries.add(url.host);
  }
  return {
    has: ({ origin }) => origins.has(origin),
    hasName: (host) => names.has(host),
    isPlainRegistry: (host) => plainRegistries.has(host),
  };
}

/** The name or address of a URL's host, without the brackets of IPv6. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
