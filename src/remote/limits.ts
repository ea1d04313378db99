/** How much of everything is fetched. */
export interface RemoteLimits {
  /** Bytes of one archive or file as it is served. */
  readonly archiveBytes: number;
  /** Bytes of one repository's index, as it is once inflated. */
  readonly indexBytes: number;
  /** Bytes of all files of one archive. */
  readonly unpackedBytes: number;
  /** Files of one archive. */
  readonly files: number;
  /** Bytes that a Git repository sends at once. */
  readonly repositoryBytes: number;
  /** Files of one commit, with those of its submodules. */
  readonly repositoryFiles: number;
  /** Submodules of one commit, with theirs. */
  readonly submodules: number;
  /** Bytes of all files that one job holds. */
  readonly jobBytes: number;
  /** Different references of one job. */
  readonly references: number;
  /** References that are fetched at the same time. */
  readonly atOnce: number;
  /** Milliseconds that a server may be silent. */
  readonly silence: number;
  /** Milliseconds that one request may take, redirects included. */
  readonly request: number;
  /** Milliseconds that all requests of one job may take. */
  readonly job: number;
  /** Milliseconds before the second try. Each further pause is twice as long. */
  readonly pause: number;
  /** The longest pause in milliseconds, whatever a server asks for. */
  readonly longestPause: number;
  /** Bytes that the store keeps. */
  readonly storeBytes: number;
}

const MB = 1_000_000;

/** The limits where nothing else is said. */
export const defaultLimits: RemoteLimits = {
  archiveBytes: 100 * MB,
  indexBytes: 100 * MB,
  unpackedBytes: 300 * MB,
  files: 20_000,
  repositoryBytes: 500 * MB,
  repositoryFiles: 200_000,
  submodules: 100,
  jobBytes: 1_000 * MB,
  references: 2_000,
  atOnce: 4,
  silence: 30_000,
  request: 120_000,
  job: 30 * 60_000,
  pause: 1_000,
  longestPause: 30_000,
  storeBytes: 2 * 1024 * MB,
};

/** A number of bytes for people. */
export function megabytes(bytes: number): string {
  return bytes >= MB ? `${Math.floor(bytes / MB)} MB` : `${bytes} bytes`;
}
