import type { RemoteContent, VersionMatcher } from "../model/remotes.ts";
import type { ReadCredentials } from "./credentials/credential.ts";
import type { HttpClient } from "./http/request.ts";
import type { NamedHosts } from "./http/named-hosts.ts";
import type { Names } from "./http/names.ts";
import type { Origins } from "./http/origins.ts";
import type { RemoteLimits } from "./limits.ts";
import type { Store } from "./store/store.ts";

/** What the protocols of one job work with. */
export interface Job {
  readonly http: HttpClient;
  readonly named: NamedHosts;
  readonly names: Names;
  readonly origins: Origins;
  readonly store: Store;
  readonly versions: VersionMatcher;
  readonly credentials: ReadCredentials;
  readonly limits: RemoteLimits;
  readonly isOffline: boolean;
  readonly signal?: AbortSignal;
  /** Whether the person's own SSH and Git's credential helpers are used. */
  readonly ownGit: boolean;
  /** Whether a submodule may be fetched that is guarded, or on another host than what it belongs to. */
  readonly permits: (url: string, isGuarded: boolean) => boolean;
  /** Whether credentials that are not the author's open a URL. */
  readonly isGuarded: (url: string) => Promise<boolean>;
  /** The address that stands in for one that a reference has. */
  readonly mirrored: (url: string) => string;
  /** Answers that several references need, such as an index: each question is asked once. */
  readonly once: <T>(question: string, ask: () => Promise<T>) => Promise<T>;
  /** Authorization headers that registries accepted, by repository. */
  readonly authorizations: Map<string, string>;
  /** Counts what the job holds; fails once that is too much. */
  readonly hold: (bytes: number) => void;
}

/** Fetches references of one kind. Fails with a RemoteFailure. */
export type Protocol<R> = (reference: R, job: Job) => Promise<RemoteContent>;
