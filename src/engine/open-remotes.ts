import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RemotesConfig } from "../model/config.ts";
import type { Remotes, VersionMatcher } from "../model/remotes.ts";
import { permittedUrls } from "../render/remotes/permitted.ts";
import { pinnedRemotes, type Pin } from "./pinned-remotes.ts";
import type { ReadCredentials } from "../remote/credentials/credential.ts";
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
    directory: join(defaultCacheDirectory(), "remotes"),
    versions,
    credentials: async () => (await import("../remote/credentials/personal.ts")).personalCredentials(),
    hosts: [...config.allow, ...Object.values(config.mirrors)],
    ownGit: true,
    ...(offline === true ? { offline } : {}),
  });
  return remotes === undefined || pins === undefined ? remotes : pinnedRemotes(remotes, pins);
}

/** How the App fetches. */
export interface ServerRemotesOptions {
  readonly directory: string;
  readonly versions: VersionMatcher;
  /** The file of credentials; absent: there are none. */
  readonly credentialsPath?: string;
  /** Patterns of URLs whose hosts may have private addresses. A repository's own configuration does not decide that. */
  readonly hosts: readonly string[];
}

/** What servers have, for one job of the App; `judged` are the URLs of the repository that is judged. */
export function openServerRemotes(
  config: RemotesConfig,
  judged: readonly string[],
  { credentialsPath, ...options }: ServerRemotesOptions,
): Remotes | undefined {
  const credentials =
    credentialsPath === undefined ? async () => noCredentials : async () => readCredentials(credentialsPath, judged);
  // What one owner's credentials opened is not there for another's repositories.
  const directory = join(options.directory, ownerOf(judged));
  return remotesOf(config, { ...options, directory, credentials });
}

/** A name for the owner of a repository that is a directory's. */
function ownerOf([url = ""]: readonly string[]): string {
  const owner = url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .split("/")
    .slice(0, -1)
    .join("/");
  return createHash("sha256").update(owner).digest("hex").slice(0, 32);
}

/** Reads the App's file of credentials; rejects with what is wrong in it, and never with a part of it. */
export async function readCredentials(path: string, judged: readonly string[] = []): Promise<ReadCredentials> {
  return (await import("../remote/credentials/credentials-file.ts")).readCredentialsFile(path, judged);
}

const noCredentials: ReadCredentials = async () => undefined;

interface Options {
  readonly directory: string;
  readonly versions: VersionMatcher;
  readonly credentials: () => Promise<ReadCredentials>;
  readonly hosts: readonly string[];
  readonly ownGit?: boolean;
  readonly offline?: boolean;
}

/** How often a request is tried. A job of the App is begun again after that, until its deadline. */
const tries = 3;

/** Everything that it takes is loaded for the first reference. */
function remotesOf(config: RemotesConfig, { credentials, ...options }: Options): Remotes | undefined {
  const { fetch, mirrors } = config;
  if (fetch === "off") return undefined;
  const open = async (): Promise<Remotes> => {
    const { createRemotes } = await import("../remote/create-remotes.ts");
    return createRemotes({
      ...options,
      tries,
      mirrors,
      permits: permittedUrls(config),
      credentials: await credentials(),
    });
  };
  let opening: Promise<Remotes> | undefined;
  return {
    async fetch(reference) {
      try {
        return await (await (opening ??= open())).fetch(reference);
      } catch (error) {
        return { kind: "unanswered", message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
