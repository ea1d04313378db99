import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { oneLine, RemoteFailure } from "../failure.ts";
import { causeOf, Unanswered } from "../http/statuses.ts";
import type { Job } from "../job.ts";
import { megabytes } from "../limits.ts";
import type { GitResult } from "../../tree/run-git.ts";
import type { Address } from "./address.ts";
import type { Mirror } from "./mirror.ts";
import { openRelay } from "./relay.ts";
import { sshNetwork } from "./ssh-network.ts";

/** A command of Git's that speaks to a server, with the server's URL after its arguments, and before `after`. */
interface Command {
  readonly args: readonly string[];
  readonly after?: readonly string[];
}

/** How such a command ended. */
export interface Spoken extends GitResult {
  /** Why the server could not be spoken to, where that is known better than by Git's words. */
  readonly failure: RemoteFailure | undefined;
  /** The server hands out whatever it has, and not only what it names. */
  readonly servesAll: boolean;
  /** It was killed: it took too long, or the job was stopped. */
  readonly isStopped: boolean;
}

/** No object's memory is claimed beyond what is read of any: a pack may say that a file has terabytes. */
const longestObject = "300m";

const settings = [
  // Everything that comes is a pack, whose size can be watched and which is there as a whole or not at all.
  "fetch.unpackLimit=1",
  "fetch.fsckObjects=true",
  ...["badTimezone", "missingSpaceBeforeDate", "missingNameBeforeEmail", "zeroPaddedFilemode"].map(
    // Repositories that are old and in use have these, and every host serves them.
    (harmless) => `fetch.fsck.${harmless}=ignore`,
  ),
  "core.bigFileThreshold=64m",
  "pack.threads=1",
  // The clocks of this room run instead.
  "http.lowSpeedLimit=0",
].flatMap((setting) => ["-c", setting]);

/** What SSH says where it did not get as far as to a login. */
const notReached = /^ssh: .+|^Connection (?:timed out|refused|closed|reset).*|^kex_exchange_identification: .+/im;

/** Lets Git speak to the server of a repository, within the limits of the job. */
export async function speak(mirror: Mirror, address: Address, command: Command, job: Job): Promise<Spoken> {
  if (address.kind === "ssh") return overSsh(mirror, address, command, job);
  const { isBroken, ...spoken } = await overRelay(mirror, address, command, job);
  // Requests are tried again by themselves, but not once Git has got a part of an answer.
  return isBroken && spoken.failure?.kind === "unanswered" ? overRelay(mirror, address, command, job) : spoken;
}

async function overRelay(
  mirror: Mirror,
  address: Address & { readonly kind: "http" },
  command: Command,
  job: Job,
): Promise<Spoken & { readonly isBroken: boolean }> {
  const relay = await openRelay(address, job);
  try {
    const signal = deadline(job);
    const result = await run(mirror, relay.url, command, relay.network, signal);
    job.hold(relay.received());
    return {
      ...result,
      failure: relay.failure(),
      isBroken: relay.isBroken(),
      servesAll: relay.servesAll(),
      isStopped: signal.aborted,
    };
  } finally {
    await relay.close();
  }
}

async function overSsh(
  mirror: Mirror,
  address: Address & { readonly kind: "ssh" },
  command: Command,
  job: Job,
): Promise<Spoken> {
  const what = `the repository ${address.shown}`;
  if (!job.ownGit) {
    throw new RemoteFailure("refused", `${what} is reached by SSH, for which only the command line has keys`);
  }
  const origin = `ssh://${address.host.host}`;
  const givenUp = job.origins.givenUp(origin);
  if (givenUp !== undefined) throw new Unanswered(what, givenUp.why, givenUp);
  const isSilent = (why: string): Unanswered => {
    const failure = new Unanswered(what, `${address.host.hostname} gave no answer: ${why}`, { origin, isSilent: true });
    job.origins.unanswered(failure, false);
    return failure;
  };
  try {
    await job.names.judge(address.host);
  } catch (error) {
    if (error instanceof RemoteFailure) throw error;
    throw isSilent(causeOf(error));
  }
  const { repositoryBytes } = job.limits;
  const before = await packBytes(mirror.directory);
  const tooLarge = new AbortController();
  // Git itself knows no limit, and writes all that comes to one file.
  const watch = setInterval(() => {
    void packBytes(mirror.directory).then((now) => now - before > repositoryBytes && tooLarge.abort());
  }, 200);
  try {
    const signal = AbortSignal.any([deadline(job), tooLarge.signal]);
    const result = await run(mirror, address.url, command, sshNetwork(job.limits), signal);
    const grown = (await packBytes(mirror.directory)) - before;
    if (tooLarge.signal.aborted || grown > repositoryBytes) {
      await mirror.recreate();
      throw new RemoteFailure("refused", `${what} is larger than ${megabytes(repositoryBytes)}`);
    }
    job.hold(Math.max(0, grown));
    const unreached = result.code === 0 ? undefined : notReached.exec(result.stderr)?.[0];
    const failure = unreached === undefined ? undefined : isSilent(oneLine(unreached));
    return { ...result, failure, servesAll: false, isStopped: signal.aborted };
  } finally {
    clearInterval(watch);
  }
}

function run(
  mirror: Mirror,
  url: string,
  { args, after = [] }: Command,
  network: { readonly [name: string]: string },
  signal: AbortSignal,
): Promise<GitResult> {
  return mirror.git([...settings, ...args, "--", url, ...after], {
    network: { ...network, GIT_ALLOC_LIMIT: longestObject },
    signal,
  });
}

/** The server's answers have clocks of their own; this is for Git's own work as well. */
function deadline({ limits, signal }: Job): AbortSignal {
  const own = AbortSignal.timeout(2 * limits.request);
  return signal === undefined ? own : AbortSignal.any([signal, own]);
}

async function packBytes(directory: string): Promise<number> {
  const pack = join(directory, "objects", "pack");
  let bytes = 0;
  for (const name of await readdir(pack).catch(() => [])) {
    bytes += (await stat(join(pack, name)).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}
