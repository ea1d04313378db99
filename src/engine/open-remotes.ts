import { join } from "node:path";
import type { RemotesConfig } from "../model/config.ts";
import type { Remotes, VersionMatcher } from "../model/remotes.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";

export interface OpenRemotesOptions {
  readonly versions: VersionMatcher;
  /** The store alone answers. */
  readonly offline?: boolean;
}

/**
 * What servers have, for one run of the command line, which uses the credentials of the person's own tools; undefined
 * where the configuration lets nothing be fetched. What it takes is loaded for the first reference.
 */
export function openRemotes(
  { fetch, allow, mirrors }: RemotesConfig,
  { versions, offline }: OpenRemotesOptions,
): Remotes | undefined {
  if (fetch === "off") return undefined;
  const open = async (): Promise<Remotes> => {
    const [{ createRemotes }, { personalCredentials }] = await Promise.all([
      import("../remote/create-remotes.ts"),
      import("../remote/credentials/personal.ts"),
    ]);
    return createRemotes({
      directory: join(defaultCacheDirectory(), "remotes"),
      allow,
      mirrors,
      versions,
      credentials: personalCredentials(),
      tries: 3,
      ...(offline === true ? { offline } : {}),
    });
  };
  let opening: Promise<Remotes> | undefined;
  return { fetch: async (reference) => (await (opening ??= open())).fetch(reference) };
}
