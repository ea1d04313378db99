import { createHash } from "node:crypto";
import { join } from "node:path";
import type { RemotesConfig } from "../model/config.ts";
import type { Remotes, VersionMatcher } from "../model/remotes.ts";
import type { ReadToken } from "../remote/credentials/own-repositories.ts";
import { remotesOf, type RunCredentials } from "./open-remotes.ts";

/** How the App fetches. */
export interface ServerRemotesOptions {
  readonly directory: string;
  readonly versions: VersionMatcher;
  /** The file of credentials; absent: there are none. */
  readonly credentialsPath?: string;
  /** Patterns of URLs whose hosts may have private addresses. A repository's own configuration does not decide that. */
  readonly hosts: readonly string[];
}

/** Whose job it is. */
export interface JudgedRepository {
  /** URLs of the repository that is judged. */
  readonly urls: readonly string[];
  /** Reads a token of the App's for another repository of the same owner. */
  readonly readToken: ReadToken;
}

/** What servers have, for one job of the App. */
export function openServerRemotes(
  config: RemotesConfig,
  judged: JudgedRepository,
  { credentialsPath, directory, ...options }: ServerRemotesOptions,
): Remotes | undefined {
  return remotesOf(config, {
    ...options,
    // What one owner's credentials opened is not there for another's repositories.
    directory: (limitedTo) => join(directory, storeName(judged.urls, limitedTo)),
    credentials: () => credentialsOf(credentialsPath, judged),
  });
}

/** The operator's credentials go before the App's own. */
async function credentialsOf(path: string | undefined, { urls, readToken }: JudgedRepository): Promise<RunCredentials> {
  const { firstOf } = await import("../remote/credentials/credential.ts");
  const { ownRepositories } = await import("../remote/credentials/own-repositories.ts");
  const own = ownRepositories(urls[0] ?? "", readToken);
  const { credentials, limitedTo } =
    path === undefined ? { credentials: async () => undefined, limitedTo: [] } : await readCredentials(path, urls);
  return {
    credentials: firstOf([credentials, own.credentials]),
    isGuarded: async (url) => own.has(url) || (await credentials(url)) !== undefined,
    limitedTo,
  };
}

/** Names a store for the owner of a repository, that is for its directory, and for credentials that not all of them have. */
function storeName([url = ""]: readonly string[], limitedTo: readonly string[]): string {
  const owner = url
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, "")
    .split("/")
    .slice(0, -1)
    .join("/");
  const name = [owner, ...limitedTo.toSorted()].join("\n");
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}

/** Reads the App's file of credentials; rejects with what is wrong in it, and never with a part of it. */
export async function readCredentials(
  path: string,
  judged: readonly string[] = [],
): Promise<Required<Pick<RunCredentials, "credentials" | "limitedTo">>> {
  return (await import("../remote/credentials/credentials-file.ts")).readCredentialsFile(path, judged);
}
