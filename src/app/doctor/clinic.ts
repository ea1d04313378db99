import { appOctokit, type AppClient } from "../../github/app-client.ts";
import type { Installation, ListedRepository, Registration } from "../../github/app-calls.ts";
import { createClients, createFetch, type Clients } from "../../github/clients.ts";
import type { Settings } from "../settings.ts";
import { attempt, type Reading } from "./diagnosis.ts";

/** A repository of an installation. */
export interface InstalledRepository extends ListedRepository {
  readonly installation: Installation;
}

/** The repositories that could be listed, and the installations whose could not. */
export interface Repositories {
  readonly repositories: readonly InstalledRepository[];
  readonly unread: readonly { readonly account: string; readonly why: string }[];
}

/** The clock of GitHub against this machine's. */
export interface ClockReading {
  /** Milliseconds that this machine's clock is ahead. */
  readonly ahead: number;
  /** Milliseconds by which that may be wrong. */
  readonly within: number;
}

/** What the examinations look at. Each read is made once, and only if one asks for it. */
export interface Clinic {
  readonly settings: Settings;
  readonly environment: { readonly [name: string]: string | undefined };
  /** Of the requests so far; absent while nothing answered. */
  readonly clock: () => ClockReading | undefined;
  readonly clients: Clients;
  readonly fetch: typeof globalThis.fetch;
  registration(): Promise<Reading<Registration>>;
  installations(): Promise<Reading<readonly Installation[]>>;
  repositories(): Promise<Reading<Repositories>>;
  asApp(): Promise<AppClient>;
  close(): Promise<void>;
}

/** Opens what the examinations look at. Nothing is asked before one asks. */
export function openClinic(settings: Settings, environment: Clinic["environment"]): Clinic {
  const network = createFetch();
  let clock: ClockReading | undefined;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const asked = Date.now();
    const response = await network.fetch(input, init);
    clock ??= readClock(response.headers.get("date"), asked, Date.now());
    return response;
  };
  const octokit = appOctokit({ ...settings, fetch });
  const clients = createClients({ apiUrl: settings.apiUrl, app: octokit, fetch });
  const asApp = (): Promise<AppClient> => clients.asApp();
  const registration = once(async () => attempt((await asApp()).readRegistration()));
  const installations = once(async () => attempt((await asApp()).readInstallations()));
  const repositories = once(async (): Promise<Reading<Repositories>> => {
    const reading = await installations();
    if (reading.kind === "unread") return reading;
    const found: InstalledRepository[] = [];
    const unread: Repositories["unread"][number][] = [];
    for (const installation of reading.value.filter(({ suspended }) => !suspended)) {
      const listed = await attempt(clients.readRepositories(installation.id));
      if (listed.kind === "unread") unread.push({ account: installation.account, why: listed.why });
      else found.push(...listed.value.map((repository) => ({ ...repository, installation })));
    }
    return { kind: "read", value: { repositories: found, unread } };
  });
  return {
    settings,
    environment,
    clock: () => clock,
    clients,
    fetch,
    registration,
    installations,
    repositories,
    asApp,
    close: () => network.close(),
  };
}

/** GitHub tells whole seconds, at some time between the request and the answer. */
function readClock(header: string | null, asked: number, answered: number): ClockReading | undefined {
  const theirs = Date.parse(header ?? "");
  if (Number.isNaN(theirs)) return undefined;
  return { ahead: (asked + answered) / 2 - (theirs + 500), within: (answered - asked) / 2 + 500 };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
