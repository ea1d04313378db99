/** What a server is shown. */
export type Credential =
  | { readonly username: string; readonly password: string }
  /** Sent as it is. */
  | { readonly token: string }
  /** For a registry alone: what its token server exchanges. */
  | { readonly identityToken: string };

/** Finds the credential for an address: `https://HOST/PATH`, or `oci://HOST/PATH` for a registry. */
export type ReadCredentials = (url: string) => Promise<Credential | undefined>;

/** Asks several in turn. */
export function firstOf(readers: readonly ReadCredentials[]): ReadCredentials {
  return async (url) => {
    for (const read of readers) {
      const credential = await read(url);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };
}

/** The header for a credential that is sent with each request. */
export function authorizationOf(credential: Credential | undefined): string | undefined {
  if (credential === undefined || "identityToken" in credential) return undefined;
  if ("token" in credential) return `Bearer ${credential.token}`;
  return `Basic ${Buffer.from(`${credential.username}:${credential.password}`).toString("base64")}`;
}
