/** Where people find GitHub: the address of its pages, from that of its API. */
export function webUrl(apiUrl: string): string {
  const { protocol, host, pathname } = new URL(apiUrl);
  // GitHub Enterprise Server has its API below its pages, github.com and GHE.com beside them.
  return `${protocol}//${pathname.startsWith("/api/v3") ? host : host.replace(/^api\./, "")}`;
}

/** Whether a URL leads to this very machine, so that nobody can listen in. */
export function isLoopback(url: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
