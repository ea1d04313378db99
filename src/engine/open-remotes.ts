import { join } from "node:path";
import type { RemotesConfig } from "../model/config.ts";
import type { Remotes, VersionMatcher } from "../model/remotes.ts";
import { permittedUrls } from "../render/remotes/permitted.ts";
import { pinnedRemotes, type Pin } from "./pinned-remotes.ts";
import type { ReadCredentials } from "../remote/credentials/credential.ts";
import type { RemotesOptions } from "../remote/create-remotes.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";

export interface OpenRemotesOptions {
  readonly versions: VersionMatcher;
  /** The store alone answers. */
  readonly offline?: boolean;
  /** What each reference is to mean. */
  readonly pins?: readonly Pin[];
}

/**
 * What servers have, for one run of the command line, which uses the credentials of the person's own tools; undefined
 * where the configuration lets nothing be fetched.
 */
export function openRemotes(
  config: RemotesConfig,
  { versions, offline, pins }: OpenRemotesOptions,
): Remotes | undefined {
  const remotes = remotesOf(config, {
    directory: () => join(defaultCacheDirectory(), "remotes"),
    versions,
    credentials: async () => ({
      credentials: (await import("../remote/credentials/personal.ts")).personalCredentials(),
    }),
    hosts: [...config.allow, ...Object.values(config.mirrors)],
    ownGit: true,
    ...(offline === true ? { offline } : {}),
  });
  return remotes === undefined || pins === undefined ? remotes : pinnedRemotes(remotes, pins);
}

/** The credentials of a run or job. */
export interface RunCredentials {
  readonly credentials: ReadCredentials;
  /** Absent: none are guarded. */
  readonly isGuarded?: (url: string) => Promise<boolean>;
  /** Names those that are not for everyone who shares a store. */
  readonly limitedTo?: readonly string[];
}

interface Options extends Pick<RemotesOptions, "versions" | "hosts" | "ownGit" | "offline"> {
  /** Where the store is for credentials that are limited so. */
  readonly directory: (limitedTo: readonly string[]) => string;
  readonly credentials: () => Promise<RunCredentials>;
}

/** How often a request is tried. A job of the App is begun again after that, until its deadline. */
const tries = 3;

/** Everything that it takes is loaded for the first reference. */
export function remotesOf(config: RemotesConfig, options: Options): Remotes | undefined {
  const { directory, credentials, ...rest } = options;
  const { fetch, mirrors } = config;
  if (fetch === "off") return undefined;
  const open = async (): Promise<Remotes> => {
    const { createRemotes } = await import("../remote/create-remotes.ts");
    const { limitedTo = [], ...own } = await credentials();
    const permits = permittedUrls(config);
    return createRemotes({ ...rest, ...own, directory: directory(limitedTo), tries, mirrors, permits });
  };
  let opening: Promise<Remotes> | undefined;
  const opened = (): Promise<Remotes> => (opening ??= open());
  return {
    async fetch(reference) {
      try {
        return await (await opened()).fetch(reference);
      } catch (error) {
        return { kind: "unanswered", message: error instanceof Error ? error.message : String(error) };
      }
    },
    // Where it is not known, nothing is left to chance.
    isGuarded: async (url) =>
      opened().then(
        async (remotes) => (await remotes.isGuarded?.(url)) ?? false,
        () => true,
      ),
  };
}
