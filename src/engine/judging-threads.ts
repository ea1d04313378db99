import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { JudgingThreads } from "../gate/judging/judge-apart.ts";
import type { FileToJudge, ShareAnswer, ShareJudge } from "../gate/judging/judge-share.ts";
import type { Config } from "../model/config.ts";
import type { PolicySources } from "../model/policy.ts";

/** What a thread makes its judge from. */
export interface ThreadSetting {
  readonly sources: PolicySources;
  /** The job's time, RFC 3339. */
  readonly now: string;
  /** Absent: no built-in checks. */
  readonly config?: Config;
  /** What the calling thread derived from the policies, by key. */
  readonly derived: ReadonlyMap<string, unknown>;
}

/** Threads that judge shares, which their owner must close. */
export interface OpenThreads extends JudgingThreads {
  /** Why threads ended by themselves, each reason once. What they were to judge was judged in the calling thread. */
  failures(): readonly string[];
  close(): Promise<void>;
}

const program = new URL("./judging.worker.js", import.meta.url);

/** A thread has the next share while it judges one. */
const sharesAtOnce = 2;
const mostThreads = 8;
/** Many times what a share takes. */
const heapLimitMiB = 2048;

/** The default number of threads beside the calling one: one for each other core. */
export function defaultThreads(): number {
  return Math.min(mostThreads, availableParallelism()) - 1;
}

/** Opens `count` threads that judge beside the calling one. They start when they are first asked for, and take shares once they have started. */
export function openThreads(setting: ThreadSetting, count: number): OpenThreads {
  let threads: readonly Thread[] | undefined;
  const failures = new Set<string>();
  return {
    failures: () => [...failures],
    free: () => {
      threads ??= Array.from({ length: count }, () => startThread(setting, (reason) => failures.add(reason)));
      return threads.filter((thread) => thread.room() > 0).toSorted((a, b) => b.room() - a.room())[0]?.judge;
    },
    close: async () => {
      await Promise.all((threads ?? []).map((thread) => thread.close()));
    },
  };
}

interface Thread {
  /** How many more shares it takes. */
  room(): number;
  readonly judge: ShareJudge;
  close(): Promise<void>;
}

function startThread(setting: ThreadSetting, onFailure: (reason: string) => void): Thread {
  const resourceLimits = { maxOldGenerationSizeMb: heapLimitMiB };
  const worker = new Worker(program, { workerData: setting, execArgv: [], resourceLimits });
  worker.unref();
  const waiting: ((answer: ShareAnswer) => void)[] = [];
  let isReady = false;
  // Whatever ended it, its files are judged in the calling thread, which then fails or not.
  const ended = (): void => {
    isReady = false;
    for (const answer of waiting.splice(0)) answer({ kind: "unsettled" });
  };
  worker.on("message", (said: ShareAnswer | "ready") => {
    if (said === "ready") isReady = true;
    else waiting.shift()?.(said);
    if (waiting.length === 0) worker.unref();
  });
  worker.on("error", (error: unknown) => {
    onFailure(error instanceof Error ? error.message : String(error));
    ended();
  });
  worker.on("exit", ended);
  return {
    room: () => (isReady ? sharesAtOnce - waiting.length : 0),
    judge: (share: readonly FileToJudge[]) => {
      worker.ref();
      return new Promise<ShareAnswer>((resolve) => {
        waiting.push(resolve);
        worker.postMessage(share);
      });
    },
    close: async () => {
      await worker.terminate();
    },
  };
}
