/** Addresses that stand in for others, by prefix: `{ "oci://docker.io": "oci://mirror.example.com/docker" }`. */
export interface Mirrors {
  readonly [prefix: string]: string;
}

/** Returns what replaces the longest prefix of an address that has a mirror. A prefix ends where a part of the path does. */
export function mirroring(mirrors: Mirrors): (url: string) => string {
  const prefixes = Object.keys(mirrors)
    .map((prefix) => ({ written: prefix, trimmed: trimmed(prefix) }))
    .toSorted((a, b) => b.trimmed.length - a.trimmed.length);
  return (url) => {
    const found = prefixes.find(({ trimmed: prefix }) => url === prefix || url.startsWith(`${prefix}/`));
    const mirror = found === undefined ? undefined : mirrors[found.written];
    return found === undefined || mirror === undefined ? url : `${trimmed(mirror)}${url.slice(found.trimmed.length)}`;
  };
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, "");
}
