import { Octokit, RequestError } from "octokit";
import { EnvHttpProxyAgent, fetch as undiciFetch, type RequestInit } from "undici";
import { HeldBack, limitOf, refusalOf, type Refusal } from "./failure.ts";
import { repositoryClient, type RepositoryClient } from "./repository-client.ts";

/** The permissions of a token for one repository: no more than the jobs need. */
const PERMISSIONS = {
  metadata: "read",
  contents: "read",
  checks: "write",
  pull_requests: "write",
} as const;

/** Access to one repository: the calls of the API, and the token that Git needs. The token expires within an hour. */
interface Access {
  readonly github: RepositoryClient;
  readonly token: string;
}

const MINT = "POST /app/installations/{installation_id}/access_tokens";

/** The part of Probot's client that is used: requests signed as the App. */
export interface AppClient {
  request(
    route: typeof MINT,
    parameters: {
      installation_id: number;
      repository_ids?: number[];
      repositories?: string[];
      permissions: { readonly [name: string]: "read" | "write" };
    },
  ): Promise<{ readonly data: { readonly token: string; readonly expires_at: string } }>;
}

/** What `createClients` needs. */
export interface ClientOptions {
  readonly apiUrl: string;
  readonly app: () => Promise<AppClient>;
  readonly fetch: typeof globalThis.fetch;
  /** Called after every response, with the remaining quota if GitHub states it. */
  readonly onAnswer?: (status: number, remaining: number | undefined) => void;
  /**
   * Called after every response that is an error. `cause` is the same for what has the same cause: for a rate limit one
   * per installation and message, else one per route, repository and message.
   */
  readonly onRefusal?: (refusal: Refusal, cause: string) => void;
}

/** What a request is for, in the parts that make causes differ. */
interface Purpose {
  readonly installation: number;
  /** The method and the path with its parameters' names. */
  readonly route: string;
  readonly repository: string;
}

/** Access to repositories by installation and repository id. */
export interface Clients {
  /** Creates a token that is limited to the repository, or reuses one that is valid for ten more minutes. */
  access(installation: number, repository: number): Promise<Access>;
  /**
   * Creates a token that reads one other repository of the installation and can do nothing else, or reuses one that is
   * valid for ten more minutes; undefined where the installation has no repository of that name.
   */
  readToken(installation: number, name: string): Promise<string | undefined>;
  /** Drops the token after GitHub refused it: the next `access` creates another. */
  forget(installation: number, repository: number): void;
}

/** The permissions of a token for a repository that another one refers to. */
const READ_PERMISSIONS = { contents: "read" } as const;

const ENOUGH_LEFT_MILLISECONDS = 10 * 60_000;

/**
 * Creates clients for one repository each. They neither wait nor retry: a job returns to the queue, which waits without
 * occupying a worker. After a rate limit, requests of the installation fail at once until the time that GitHub stated.
 */
export function createClients(options: ClientOptions): Clients {
  const cache = new Map<string, { readonly access: Access; readonly expires: number }>();
  const readTokens = new Map<string, { readonly token: string; readonly expires: number }>();
  const heldBack = new Map<number, number>();

  const hold = (installation: number): void => {
    const left = (heldBack.get(installation) ?? 0) - Date.now();
    if (left > 0) throw new HeldBack(left / 1_000);
  };
  const held = async <T>(purpose: Purpose, request: () => Promise<T>): Promise<T> => {
    const { installation } = purpose;
    hold(installation);
    try {
      return await request();
    } catch (error) {
      const seconds = error instanceof RequestError ? limitOf(error) : undefined;
      const refusal = refusalOf(error);
      if (refusal !== undefined) options.onRefusal?.(refusal, causeOf(purpose, refusal, seconds !== undefined));
      if (seconds !== undefined) heldBack.set(installation, Date.now() + seconds * 1_000);
      throw error;
    }
  };
  const mint = async (installation: number, repository: number): Promise<{ access: Access; expires: number }> => {
    const app = await options.app();
    const { data } = await held({ installation, route: MINT, repository: String(repository) }, () =>
      app.request(MINT, {
        installation_id: installation,
        repository_ids: [repository],
        permissions: PERMISSIONS,
      }),
    );
    const octokit = new Octokit({
      auth: data.token,
      baseUrl: options.apiUrl,
      userAgent: "portcullis",
      throttle: { enabled: false },
      retry: { enabled: false },
      // Without a log of its own, the request prints paths to the console where GitHub deprecates one.
      request: { fetch: options.fetch, log: SILENT },
      log: SILENT,
    });
    octokit.hook.wrap("request", (request, parameters) =>
      held({ installation, route: routeOf(parameters), repository: String(repository) }, async () => {
        try {
          const response = await request(parameters);
          options.onAnswer?.(response.status, remaining(response.headers["x-ratelimit-remaining"]));
          return response;
        } catch (error) {
          if (error instanceof RequestError) {
            options.onAnswer?.(error.status, remaining(error.response?.headers["x-ratelimit-remaining"]));
          }
          throw error;
        }
      }),
    );
    return { access: { github: repositoryClient(octokit), token: data.token }, expires: Date.parse(data.expires_at) };
  };

  return {
    async access(installation, repository) {
      const key = `${installation}/${repository}`;
      const known = cache.get(key);
      if (known !== undefined && known.expires - Date.now() > ENOUGH_LEFT_MILLISECONDS) return known.access;
      const fresh = await mint(installation, repository);
      cache.set(key, fresh);
      return fresh.access;
    },
    async readToken(installation, name) {
      const key = `${installation}/${name.toLowerCase()}`;
      const known = readTokens.get(key);
      if (known !== undefined && known.expires - Date.now() > ENOUGH_LEFT_MILLISECONDS) return known.token;
      const app = await options.app();
      try {
        const { data } = await held({ installation, route: MINT, repository: name }, () =>
          app.request(MINT, {
            installation_id: installation,
            repositories: [name],
            permissions: READ_PERMISSIONS,
          }),
        );
        readTokens.set(key, { token: data.token, expires: Date.parse(data.expires_at) });
        return data.token;
      } catch (error) {
        // GitHub does not say whether it is not there or not in the installation.
        if (error instanceof RequestError && error.status === 422) return undefined;
        throw error;
      }
    },
    forget(installation, repository) {
      cache.delete(`${installation}/${repository}`);
    },
  };
}

const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** Creates a fetch that uses `HTTPS_PROXY` if it is set, and times out after 30 seconds. */
export function createFetch(): { readonly fetch: typeof globalThis.fetch; close(): Promise<void> } {
  const dispatcher = new EnvHttpProxyAgent();
  const fetch = async (url: string | URL, init?: RequestInit): Promise<unknown> => {
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    return undiciFetch(url, { ...init, signal, dispatcher });
  };
  return { fetch: fetch as unknown as typeof globalThis.fetch, close: () => dispatcher.close() };
}

function remaining(header: string | number | undefined): number | undefined {
  const value = Number(header);
  return header !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The route of a request; the next page of a list has a URL in place of its template. */
function routeOf({ method, url }: { readonly method: string; readonly url: string }): string {
  return `${method} ${URL.canParse(url) ? new URL(url).pathname : url}`;
}

function causeOf({ installation, route, repository }: Purpose, { status, message }: Refusal, limited: boolean): string {
  return limited
    ? `${installation} ${status} ${message}`
    : `${installation} ${repository} ${route} ${status} ${message}`;
}

function silent(): void {}

const SILENT = { debug: silent, info: silent, warn: silent, error: silent };
