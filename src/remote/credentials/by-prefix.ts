import type { Credential } from "./credential.ts";

/** A credential for all addresses below one. */
export interface PrefixedCredential {
  readonly prefix: string;
  readonly credential: Credential;
}

/** The credential of the longest prefix of an address. A prefix ends where a part of the path does. */
export function byPrefix(credentials: readonly PrefixedCredential[], url: string): Credential | undefined {
  const address = normal(url);
  if (address === undefined) return undefined;
  return credentials
    .map(({ prefix, credential }) => ({ prefix: normal(prefix), credential }))
    .filter(({ prefix }) => prefix !== undefined && (address === prefix || address.startsWith(`${prefix}/`)))
    .toSorted((a, b) => (b.prefix?.length ?? 0) - (a.prefix?.length ?? 0))[0]?.credential;
}

/** Whether an address is below a prefix, or the prefix itself. */
export function isBelow(url: string, prefix: string): boolean {
  const [address, start] = [normal(url.replace(/\.git$/, "")), normal(prefix)];
  return address !== undefined && start !== undefined && (address === start || address.startsWith(`${start}/`));
}

/** An address in the form in which two that mean the same are equal. */
function normal(address: string): string | undefined {
  const [, scheme = "", rest = ""] = /^(https?|oci):\/\/(.+)$/i.exec(address) ?? [];
  const protocol = scheme.toLowerCase();
  const text = `${protocol === "http" ? "http" : "https"}://${rest}`;
  if (protocol === "" || !URL.canParse(text)) return undefined;
  const { host, pathname } = new URL(text);
  return `${protocol}://${host}${pathname.replace(/\/+$/, "")}`;
}
