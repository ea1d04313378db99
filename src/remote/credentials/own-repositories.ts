import { RemoteFailure } from "../failure.ts";
import type { ReadCredentials } from "./credential.ts";

/** Reads a token for a repository of the owner that is judged, by its name; undefined where there is none for it. */
export type ReadToken = (repository: string) => Promise<string | undefined>;

/** The repositories that belong to the same owner, on the same host, as the one that is judged. */
export interface OwnRepositories {
  /** Whether a URL is below the owner's, whatever it names. */
  has(url: string): boolean;
  /** For the address of a repository, and for nothing else on its host. */
  readonly credentials: ReadCredentials;
}

/** A change may name any number of repositories, and each token is a request to the host. */
const mostTokens = 100;

/** The repositories of the owner of `judged`, the URL of a repository. */
export function ownRepositories(judged: string, readToken: ReadToken): OwnRepositories {
  const own = partsOf(judged);
  const tokens = new Map<string, Promise<string | undefined>>();
  const ownParts = (url: string): Parts | undefined => {
    const parts = partsOf(url);
    return own !== undefined && parts?.origin === own.origin && parts.owner === own.owner ? parts : undefined;
  };
  const tokenOf = (repository: string): Promise<string | undefined> => {
    const known = tokens.get(repository);
    if (known !== undefined) return known;
    if (tokens.size >= mostTokens)
      throw new RemoteFailure("refused", `more than ${mostTokens} repositories of one owner are referred to`);
    const token = readToken(repository);
    tokens.set(repository, token);
    return token;
  };
  return {
    has: (url) => ownParts(url) !== undefined,
    credentials: async (url) => {
      const repository = ownParts(url)?.repository;
      const token = repository === undefined ? undefined : await tokenOf(repository);
      return token === undefined ? undefined : { username: "x-access-token", password: token };
    },
  };
}

interface Parts {
  readonly origin: string;
  readonly owner: string;
  /** Absent where the URL names no repository, or something in it. */
  readonly repository?: string;
}

function partsOf(url: string): Parts | undefined {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return undefined;
  const { origin, pathname } = new URL(url);
  const [, owner = "", name = "", ...more] = pathname.toLowerCase().split("/");
  const repository = name.replace(/\.git$/, "");
  const isRepository = more.every((part) => part === "") && /^[\w.-]+$/.test(repository);
  return { origin, owner, ...(isRepository ? { repository } : {}) };
}
