import type { RemoteContent, RemoteOutcome, RemoteReference, Remotes, VersionMatcher } from "../model/remotes.ts";
import type { ReadCredentials } from "./credentials/credential.ts";
import { oneLine, RemoteFailure } from "./failure.ts";
import { fetchFile } from "./file.ts";
import { fetchRepository } from "./git.ts";
import { isNamedRepository } from "./git/address.ts";
import { fetchFromHelmRepository } from "./helm/repository.ts";
import { createClient } from "./http/client.ts";
import type { HttpClient } from "./http/request.ts";
import { namedHosts } from "./http/named-hosts.ts";
import { createOrigins } from "./http/origins.ts";
import { Unanswered } from "./http/statuses.ts";
import { createNames, type Resolver } from "./http/names.ts";
import { hasProxy, openTransport } from "./http/transport.ts";
import type { Job } from "./job.ts";
import { defaultLimits, megabytes, type RemoteLimits } from "./limits.ts";
import { mirroring, type Mirrors } from "./mirrors.ts";
import { fetchArtifact } from "./oci/artifact.ts";
import { fetchFromRegistry } from "./oci/chart.ts";
import { openStore } from "./store/store.ts";
import { spentTime } from "./spent-time.ts";
import { createTurns } from "./turns.ts";

/** What is fetched for one job, from where, and how patiently. */
export interface RemotesOptions {
  /** Where the store is; it need not exist. */
  readonly directory: string;
  /**
   * Patterns of URLs. A host that one spells out may have a private address; one in `http://HOST` or `oci+http://HOST`
   * is spoken to in plain HTTP. Who writes them can have this machine's own network read.
   */
  readonly hosts: readonly string[];
  readonly mirrors: Mirrors;
  readonly versions: VersionMatcher;
  readonly credentials: ReadCredentials;
  /** How often a request is tried. */
  readonly tries: number;
  /**
   * Uses the person's own SSH, with its keys, and the credential helpers of the person's own Git: programs that their
   * configuration names. For the command line alone; without it nothing is fetched over SSH.
   */
  readonly ownGit?: boolean;
  /**
   * Whether a submodule may be fetched that is guarded, or on another host than what it belongs to; absent: where `hosts`
   * names its host.
   */
  readonly permits?: (url: string, isGuarded: boolean) => boolean;
  /** Whether credentials that are not the author's open a URL; absent: none do. */
  readonly isGuarded?: (url: string) => Promise<boolean>;
  /** Nothing is fetched: the store alone answers. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly limits?: Partial<RemoteLimits>;
  /** Finds the addresses of names in place of the system. */
  readonly resolve?: Resolver;
}

/** Creates what fetches the references of one job. Nothing needs to be closed. */
export function createRemotes(options: RemotesOptions): Remotes {
  const time = spentTime(options.limits?.job ?? defaultLimits.job);
  const { signal = time.signal } = options;
  const job = createJob({ ...options, signal: AbortSignal.any([signal, time.signal]) });
  const outcomes = new Map<string, Promise<RemoteOutcome>>();
  const turns = createTurns(job.limits.atOnce);
  const fetch = async (reference: RemoteReference): Promise<RemoteOutcome> => {
    try {
      return { kind: "found", content: await time.count(() => turns(() => fetchContent(reference, job))) };
    } catch (error) {
      if (error instanceof Unanswered && error.after !== undefined)
        return { kind: "unanswered", message: error.message, after: error.after };
      if (error instanceof RemoteFailure) return { kind: error.kind, message: error.message };
      const message = error instanceof Error ? error.message : String(error);
      return { kind: "unanswered", message: `it could not be fetched: ${oneLine(message)}` };
    }
  };
  return {
    fetch: (reference) => {
      const key = keyOf(reference);
      const known = outcomes.get(key);
      if (known !== undefined) return known;
      if (outcomes.size >= job.limits.references) {
        return Promise.resolve({ kind: "refused", message: `there are more than ${job.limits.references} references` });
      }
      const outcome = fetch(reference);
      outcomes.set(key, outcome);
      return outcome;
    },
    isGuarded: async (url) => job.isGuarded(job.mirrored(url)),
  };
}

async function fetchContent(reference: RemoteReference, job: Job): Promise<RemoteContent> {
  switch (reference.kind) {
    case "chart":
      return isRegistry(reference.repository)
        ? fetchFromRegistry(reference, job)
        : fetchFromHelmRepository(reference, job);
    case "artifact":
      return fetchArtifact(reference, job);
    case "file":
      return fetchFile(reference, job);
    case "git":
      return fetchRepository(reference, job);
    default:
      throw new Error(`unknown reference ${JSON.stringify(reference satisfies never)}`);
  }
}

function isRegistry(url: string): boolean {
  return /^oci(?:\+http)?:\/\//.test(url);
}

function createJob(options: RemotesOptions): Job {
  const limits = { ...defaultLimits, ...options.limits };
  const { signal, resolve, ownGit = false, offline = false } = options;
  const named = namedHosts(options.hosts);
  const names = createNames({ named, byProxy: hasProxy(), ...(resolve === undefined ? {} : { resolve }) });
  const origins = createOrigins();
  const asked = new Map<string, Promise<unknown>>();
  let held = 0;
  return {
    http: offline ? nothing : openClient(options, { limits, named, names, origins }),
    named,
    names,
    origins,
    store: openStore(options.directory, limits.storeBytes),
    versions: options.versions,
    credentials: options.credentials,
    limits,
    isOffline: offline,
    ...(signal === undefined ? {} : { signal }),
    ownGit,
    isGuarded: options.isGuarded ?? (async () => false),
    permits: options.permits ?? ((url) => isNamedRepository(url, named)),
    mirrored: mirroring(options.mirrors),
    once: <T>(question: string, ask: () => Promise<T>): Promise<T> => {
      const answer = asked.get(question) ?? ask();
      asked.set(question, answer);
      return answer as Promise<T>;
    },
    authorizations: new Map(),
    hold: (bytes) => {
      held += bytes;
      if (held <= limits.jobBytes) return;
      throw new RemoteFailure("refused", `all that was fetched is larger than ${megabytes(limits.jobBytes)}`);
    },
  };
}

function openClient(
  { tries, signal }: RemotesOptions,
  parts: Pick<Job, "limits" | "named" | "names" | "origins">,
): HttpClient {
  const transport = openTransport(parts.names.lookup);
  return createClient({ ...parts, transport, tries, ...(signal === undefined ? {} : { signal }) });
}

/** Without the network. */
const nothing: HttpClient = {
  ask: ({ what }) =>
    Promise.reject(new RemoteFailure("unanswered", `${what} is not fetched: nothing is, and it was not before`)),
};

/** The same for references that say the same, in whatever order their members were written. */
function keyOf(reference: RemoteReference): string {
  return JSON.stringify(reference, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
