import { Octokit, RequestError } from "octokit";
import { EnvHttpProxyAgent, fetch as undiciFetch, type RequestInit } from "undici";
import { HeldBack, limitOf } from "./failure.ts";

/** What one token may do in the one repository it is for. Nothing that the job does not need. */
const PERMISSIONS = {
  metadata: "read",
  contents: "read",
  checks: "write",
  pull_requests: "write",
} as const;

/** Access to one repository: a client for the API, and the token that Git needs. Use at once; it expires within the hour. */
interface Access {
  readonly octokit: Octokit;
  readonly token: string;
}

/** What Probot's app client does for us: requests signed as the App, to the right host. */
export interface AppClient {
  request(
    route: "POST /app/installations/{installation_id}/access_tokens",
    parameters: {
      installation_id: number;
      repository_ids: number[];
      permissions: { readonly [name: string]: "read" | "write" };
    },
  ): Promise<{ readonly data: { readonly token: string; readonly expires_at: string } }>;
}

export interface ClientOptions {
  readonly apiUrl: string;
  readonly app: () => Promise<AppClient>;
  readonly fetch: typeof globalThis.fetch;
  /** Told of every answer, and of the quota that GitHub says is left. */
  readonly onAnswer?: (status: number, remaining: number | undefined) => void;
}

export interface Clients {
  /** Mints a token narrowed to the repository, or takes the one minted before while it holds for ten minutes more. */
  access(installation: number, repository: number): Promise<Access>;
  /** GitHub refused the token: the next `access` mints another. */
  forget(installation: number, repository: number): void;
}

const ENOUGH_LEFT_MILLISECONDS = 10 * 60_000;

/**
 * Clients for one repository each. They neither sleep nor try again: whoever holds a job gives it back to the queue, which
 * waits without holding a worker. After a rate limit an installation is held back here until GitHub's time has come.
 */
export function createClients(options: ClientOptions): Clients {
  const cache = new Map<string, { readonly access: Access; readonly expires: number }>();
  const heldBack = new Map<number, number>();

  const hold = (installation: number): void => {
    const left = (heldBack.get(installation) ?? 0) - Date.now();
    if (left > 0) throw new HeldBack(left / 1_000);
  };
  const held = async <T>(installation: number, request: () => Promise<T>): Promise<T> => {
    hold(installation);
    try {
      return await request();
    } catch (error) {
      const seconds = error instanceof RequestError ? limitOf(error) : undefined;
      if (seconds !== undefined) heldBack.set(installation, Date.now() + seconds * 1_000);
      throw error;
    }
  };
  const mint = async (installation: number, repository: number): Promise<{ access: Access; expires: number }> => {
    const app = await options.app();
    const { data } = await held(installation, () =>
      app.request("POST /app/installations/{installation_id}/access_tokens", {
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
      request: { fetch: options.fetch },
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    octokit.hook.wrap("request", (request, parameters) =>
      held(installation, async () => {
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
    return { access: { octokit, token: data.token }, expires: Date.parse(data.expires_at) };
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
    forget(installation, repository) {
      cache.delete(`${installation}/${repository}`);
    },
  };
}

const REQUEST_TIMEOUT_MILLISECONDS = 30_000;

/** A fetch that goes through `HTTPS_PROXY` where that is set, and gives up after half a minute. */
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

function silent(): void {}
