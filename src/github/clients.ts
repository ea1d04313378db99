import { Octokit, RequestError } from "octokit";
import { EnvHttpProxyAgent, fetch as undiciFetch, type RequestInit } from "undici";
import { readRepositories, type ListedRepository } from "./app-calls.ts";
import { appClient, type AppClient } from "./app-client.ts";
import { createBudgets, type Budgets, type Limits, type Quota } from "./budget.ts";
import { limitOf, refusalOf, secondsUntil, type Refusal } from "./failure.ts";
import { readGranted, type Permissions } from "./granted.ts";
import { issuesClient, type IssuesClient } from "./issues-client.ts";
import { organizationClient, type OrganizationClient } from "./organization-client.ts";
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
  /** Why Git cannot read the repository with this token; absent: it can. */
  readonly unreadable?: string;
}

const MINT = "POST /app/installations/{installation_id}/access_tokens";

/** What `createClients` needs. */
export interface ClientOptions {
  readonly apiUrl: string;
  /** A client that signs as the App, and neither waits nor retries. */
  readonly app: Octokit;
  readonly fetch: typeof globalThis.fetch;
  /** What each installation may ask for; default: what GitHub documents. */
  readonly limits?: Limits | undefined;
  /** Called when GitHub requires an installation to wait for so many seconds. */
  readonly onHold?: (installation: number, seconds: number) => void;
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
  /** Or `THE_APP`. */
  readonly installation: number;
  /** The method and the path with its parameters' names. */
  readonly route: string;
  readonly repository: string;
}

/** What holds until a time in milliseconds, by a clock that is never set. */
interface Expiring {
  readonly expires: number;
}

interface Token extends Expiring {
  readonly token: string;
}

/** Access to repositories by installation and repository id. */
export interface Clients {
  /**
   * Creates a token that is limited to the repository, or reuses one that is valid for ten more minutes. Rejects with
   * `Unavailable` where the installation or the repository cannot be used. An installation that has not granted all
   * permissions yields a token with those that it has, if a check can be written with them.
   */
  access(installation: number, repository: number): Promise<Access>;
  /**
   * Creates a token that reads one other repository of the installation and can do nothing else, or reuses one that is
   * valid for ten more minutes; undefined where the installation has no repository of that name.
   */
  readToken(installation: number, name: string): Promise<string | undefined>;
  /** The installations for which no job should start now: none at all, or none that is not urgent. */
  usedUp: Budgets["usedUp"];
  /** Drops the token after GitHub refused it: the next `access` creates another. */
  forget(installation: number, repository: number): void;
  /** The calls in the name of the App itself. A rate limit of the App holds back no installation. */
  asApp(): Promise<AppClient>;
  /**
   * Access to the teams of an installation's organisation, with a token that can do nothing else; undefined where the
   * installation has not granted `members: read`.
   */
  organization(installation: number): Promise<OrganizationClient | undefined>;
  /**
   * Access to the issues of a repository, with a token that can do nothing else; undefined where the installation has not
   * granted `issues: write`.
   */
  issues(installation: number, repository: number): Promise<IssuesClient | undefined>;
  /** Reads all repositories of an installation, with a token that can do nothing else. */
  readRepositories(installation: number): Promise<readonly ListedRepository[]>;
  /** Drops all tokens of an installation, whose permissions have changed. */
  forgetInstallation(installation: number): void;
}

/** Stands for an installation where a request is made in the name of the App itself. */
const THE_APP = 0;

/** The permissions of a token that lists repositories. */
const LIST_PERMISSIONS = { metadata: "read" } as const;

/** The permissions of a token that reads who belongs to which team. */
const MEMBERS_PERMISSIONS = { members: "read" } as const;

/** The permissions of a token that opens issues. */
const ISSUES_PERMISSIONS = { issues: "write" } as const;

/** The permissions of a token for a repository that another one refers to. */
const READ_PERMISSIONS = { contents: "read" } as const;

const ENOUGH_LEFT_MILLISECONDS = 10 * 60_000;

/** A token with fewer permissions is used for so long, as the others may be granted at any time. */
const REDUCED_MILLISECONDS = 60_000;

/**
 * Creates clients for one repository each. They neither wait nor retry: a job returns to the queue, which waits without
 * occupying a worker. What an installation may not ask for now, by the time that GitHub stated or the limits that it
 * documents, fails at once with HeldBack.
 */
export function createClients(options: ClientOptions): Clients {
  const cache = new Map<string, Expiring & { readonly access: Access }>();
  const readTokens = new Map<string, Expiring & { readonly token: string }>();
  const organizations = new Map<number, Expiring & { readonly client: OrganizationClient }>();
  const budgets = createBudgets(options.limits);

  const held = async <T>(
    purpose: Purpose,
    request: () => Promise<T>,
    isExplained: (error: unknown) => boolean = () => false,
  ): Promise<T> => {
    const { installation, route } = purpose;
    const done = budgets.spend(installation, { method: route.split(" ")[0] ?? "", token: route === MINT });
    try {
      return await request();
    } catch (error) {
      const seconds = error instanceof RequestError ? limitOf(error) : undefined;
      const refusal = refusalOf(error);
      if (refusal !== undefined && !isExplained(error))
        options.onRefusal?.(refusal, causeOf(purpose, refusal, seconds !== undefined));
      if (seconds !== undefined) {
        budgets.hold(installation, seconds);
        options.onHold?.(installation, seconds);
      }
      throw error;
    } finally {
      done();
    }
  };
  const learn = (installation: number, { headers }: { readonly headers: Headers }): number | undefined => {
    const quota = quotaOf(headers);
    budgets.learn(installation, quota);
    return quota?.remaining;
  };
  const connect = (token: string, place: Omit<Purpose, "route">): Octokit => {
    const octokit = new Octokit({
      auth: token,
      baseUrl: options.apiUrl,
      userAgent: "portcullis",
      throttle: { enabled: false },
      retry: { enabled: false },
      // Without a log of its own, the request prints paths to the console where GitHub deprecates one.
      request: { fetch: options.fetch, log: SILENT },
      log: SILENT,
    });
    octokit.hook.wrap("request", (request, parameters) =>
      held({ ...place, route: routeOf(parameters) }, async () => {
        try {
          const response = await request(parameters);
          options.onAnswer?.(response.status, learn(place.installation, response));
          return response;
        } catch (error) {
          if (error instanceof RequestError) {
            options.onAnswer?.(error.status, quotaOf(error.response?.headers ?? {})?.remaining);
          }
          throw error;
        }
      }),
    );
    return octokit;
  };
  const mint = async (installation: number, repository: number): Promise<Expiring & { readonly access: Access }> => {
    const place = { installation, repository: String(repository) };
    const request = async (permissions: Permissions): Promise<Token> => {
      const asked = { installation_id: installation, repository_ids: [repository], permissions };
      // What becomes of a refused token is stored and logged as the state of its installation or repository.
      return minted(await held({ ...place, route: MINT }, () => options.app.request(MINT, asked), isRefusedToken));
    };
    const accessBy = ({ token }: Token): Access => ({ github: repositoryClient(connect(token, place)), token });
    let refused: RequestError;
    try {
      const fresh = await request(PERMISSIONS);
      return { access: accessBy(fresh), expires: fresh.expires };
    } catch (error) {
      if (!isRefusedToken(error)) throw error;
      refused = error;
    }
    const { permissions, ...missing } = await held({ ...place, route: "readInstallation" }, () =>
      readGranted(options.app, installation, PERMISSIONS, refused),
    );
    const access = { ...accessBy(await request(permissions)), ...missing };
    return { access, expires: performance.now() + ENOUGH_LEFT_MILLISECONDS + REDUCED_MILLISECONDS };
  };

  return {
    async access(installation, repository) {
      const key = `${installation}/${repository}`;
      const known = cache.get(key);
      if (known !== undefined && isFresh(known)) return known.access;
      const fresh = await mint(installation, repository);
      cache.set(key, fresh);
      return fresh.access;
    },
    async readToken(installation, name) {
      const key = `${installation}/${name.toLowerCase()}`;
      const known = readTokens.get(key);
      if (known !== undefined && isFresh(known)) return known.token;
      try {
        const asked = { installation_id: installation, repositories: [name], permissions: READ_PERMISSIONS };
        const fresh = minted(
          await held({ installation, route: MINT, repository: name }, () => options.app.request(MINT, asked)),
        );
        readTokens.set(key, fresh);
        return fresh.token;
      } catch (error) {
        // GitHub does not say whether it is not there or not in the installation.
        if (error instanceof RequestError && error.status === 422) return undefined;
        throw error;
      }
    },
    usedUp: () => budgets.usedUp(),
    forget(installation, repository) {
      cache.delete(`${installation}/${repository}`);
    },
    forgetInstallation(installation) {
      organizations.delete(installation);
      for (const known of [cache, readTokens])
        for (const key of known.keys()) if (key.startsWith(`${installation}/`)) known.delete(key);
    },
    async asApp() {
      const client = appClient(options.app);
      const calls = Object.entries(client).map(([name, call]) => [
        name,
        (...given: never[]) =>
          held({ installation: THE_APP, route: `GET ${name}`, repository: "" }, () =>
            (call as (...rest: never[]) => Promise<unknown>)(...given),
          ),
      ]);
      return Object.fromEntries(calls) as AppClient;
    },
    async organization(installation) {
      const known = organizations.get(installation);
      if (known !== undefined && isFresh(known)) return known.client;
      const place = { installation, repository: "" };
      try {
        const asked = { installation_id: installation, permissions: MEMBERS_PERMISSIONS };
        const { token, expires } = minted(
          await held({ ...place, route: MINT }, () => options.app.request(MINT, asked), isRefusedToken),
        );
        const client = organizationClient(connect(token, place));
        organizations.set(installation, { client, expires });
        return client;
      } catch (error) {
        if (isRefusedToken(error)) return undefined;
        throw error;
      }
    },
    async issues(installation, repository) {
      const place = { installation, repository: String(repository) };
      const asked = { installation_id: installation, repository_ids: [repository], permissions: ISSUES_PERMISSIONS };
      try {
        const { data } = await held({ ...place, route: MINT }, () => options.app.request(MINT, asked), isRefusedToken);
        return issuesClient(connect(data.token, place));
      } catch (error) {
        if (isRefusedToken(error)) return undefined;
        throw error;
      }
    },
    async readRepositories(installation) {
      const { data } = await held({ installation, route: MINT, repository: "" }, () =>
        options.app.request(MINT, { installation_id: installation, permissions: LIST_PERMISSIONS }),
      );
      return readRepositories(connect(data.token, { installation, repository: "" }));
    },
  };
}

/** The token that an answer brings. Its time is GitHub's, and so is that of the answer: our clock may be set, or wrong. */
function minted({
  data,
  headers,
}: {
  readonly data: { readonly token: string; readonly expires_at: string };
  readonly headers: Headers;
}): Token {
  const left = secondsUntil(Date.parse(data.expires_at) / 1_000, dateOf(headers));
  return { token: data.token, expires: performance.now() + left * 1_000 };
}

function isFresh({ expires }: Expiring): boolean {
  return expires - performance.now() > ENOUGH_LEFT_MILLISECONDS;
}

/** GitHub gives no such token; a rate limit is another matter. */
function isRefusedToken(error: unknown): error is RequestError {
  return error instanceof RequestError && [403, 404, 422].includes(error.status) && limitOf(error) === undefined;
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

type Headers = { readonly [name: string]: string | number | undefined };

/** The quota that the headers of an answer state. */
function quotaOf(headers: Headers): Quota | undefined {
  const [limit, remaining, reset] = ["limit", "remaining", "reset"].map((name) =>
    Number(headers[`x-ratelimit-${name}`] ?? Number.NaN),
  );
  if (limit === undefined || remaining === undefined || reset === undefined) return undefined;
  if (![limit, remaining, reset].every((one) => Number.isFinite(one))) return undefined;
  return {
    limit,
    remaining,
    resetIn: secondsUntil(reset, dateOf(headers)),
  };
}

/** When GitHub answered, by its clock. */
function dateOf({ date }: Headers): string | undefined {
  return typeof date === "string" ? date : undefined;
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
