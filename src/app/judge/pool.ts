import { Worker } from "node:worker_threads";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";
import type {
  Envelope,
  AheadRequest,
  JudgeRequest,
  JudgeAnswer,
  JudgeProgress,
  TokenGiven,
  TokenWanted,
  JudgeThreadAnswer,
  JudgeThreadOptions,
  JudgeThreadRequest,
  PrepareAnswer,
  PrepareRequest,
  StandingAnswer,
  StandingRequest,
  ThreadFailure,
} from "./protocol.ts";

/** Thrown when a judgement was stopped at its deadline or because it is no longer needed. */
export class JudgeInterrupted extends Error {
  override readonly name = "JudgeInterrupted";
}

/** Whether an error says nothing about what was judged: it was interrupted, or the mirror is damaged. */
export function isOurFault(error: unknown): boolean {
  return error instanceof JudgeInterrupted || error instanceof MirrorDamaged;
}

/** A judge thread that one job holds. */
export interface HeldThread {
  /** All methods reject with `JudgeInterrupted` soon after `signal` aborts: the thread is then terminated. */
  prepare(request: PrepareRequest, signal: AbortSignal, job?: JobPorts): Promise<PrepareAnswer>;
  judge(request: JudgeRequest, signal: AbortSignal, job?: JobPorts): Promise<JudgeAnswer>;
  judgeAhead(request: AheadRequest, signal: AbortSignal, job?: JobPorts): Promise<void>;
  judgeStanding(request: StandingRequest, signal: AbortSignal, job?: JobPorts): Promise<StandingAnswer>;
  release(): void;
}

/** Told how many files and sources are judged, of how many. */
export type OnProgress = (done: number, total: number) => void;

/** What a thread asks of the job that it works for. */
export interface JobPorts {
  readonly onProgress?: OnProgress;
  /** Reads a token for a repository of the installation, by its name; undefined where it has none of that name. */
  readonly readToken?: (repository: string) => Promise<string | undefined>;
}

/** A free thread, lent for work that can wait. */
export interface SpareThread {
  readonly thread: HeldThread;
  /** Aborts once a job waits for a thread or for a worker. */
  readonly wanted: AbortSignal;
}

/** What a pool is created with. */
export interface JudgePoolOptions {
  readonly size: number;
  readonly thread: JudgeThreadOptions;
  /** Called when a thread ended that was not told to. */
  readonly onRestart: () => void;
  /** Milliseconds after which a thread that no job took is ended. Default: ten minutes. */
  readonly idleMilliseconds?: number;
}

/**
 * What a thread knows saves the next job seconds in a large repository, and is lost when it ends; its memory is wanted
 * elsewhere through nights and weekends.
 */
const IDLE_MILLISECONDS = 600_000;

/** A pool of judge threads: untrusted policies and manifests never run on the thread that serves webhooks. */
export class JudgePool {
  readonly #options: JudgePoolOptions;
  readonly #threads: JudgeThread[] = [];
  readonly #idle: JudgeThread[] = [];
  readonly #waiting: ((thread: JudgeThread) => void)[] = [];
  readonly #spare = new Set<AbortController>();
  #closed = false;

  constructor(options: JudgePoolOptions) {
    this.#options = options;
  }

  /** How many threads run, for tests and measurements. */
  running(): number {
    return this.#threads.filter((thread) => thread.isRunning()).length;
  }

  /** Waits for a free thread. The one used last is handed out first, since its policies are already compiled. */
  async take(): Promise<HeldThread> {
    return this.#held(await this.#free(), () => {});
  }

  /** A free thread for work that can wait; undefined while there is none. Its holder must release it once it is wanted. */
  takeSpare(): SpareThread | undefined {
    if (this.#closed || this.#waiting.length > 0) return undefined;
    const thread = this.#takeIdle() ?? this.#startOne();
    if (thread === undefined) return undefined;
    const wanted = new AbortController();
    this.#spare.add(wanted);
    return { thread: this.#held(thread, () => this.#spare.delete(wanted)), wanted: wanted.signal };
  }

  /** Whether a spare thread is lent whose holder was not told yet that it is wanted. */
  hasLent(): boolean {
    return [...this.#spare].some(({ signal }) => !signal.aborted);
  }

  /** Tells the holder of a spare thread to release it. Its job then ends, which leaves a worker to another job. */
  callSpare(): void {
    [...this.#spare].find(({ signal }) => !signal.aborted)?.abort();
  }

  #held(thread: JudgeThread, onRelease: () => void): HeldThread {
    let held = true;
    const ask = async (
      request: JudgeThreadRequest,
      signal: AbortSignal,
      job?: JobPorts,
    ): Promise<JudgeThreadAnswer> => {
      if (!held) throw new Error("a judge thread was used after its release");
      return thread.ask(request, signal, job);
    };
    return {
      prepare: async (request, signal, job) => (await ask(request, signal, job)) as PrepareAnswer,
      judge: async (request, signal, job) => (await ask(request, signal, job)) as JudgeAnswer,
      judgeAhead: async (request, signal, job) => void (await ask(request, signal, job)),
      judgeStanding: async (request, signal, job) => (await ask(request, signal, job)) as StandingAnswer,
      release: () => {
        if (!held) return;
        held = false;
        onRelease();
        this.#giveBack(thread);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((thread) => thread.end()));
  }

  #takeIdle(): JudgeThread | undefined {
    const thread = this.#idle.pop();
    thread?.keep();
    return thread;
  }

  #free(): Promise<JudgeThread> {
    const free = this.#takeIdle() ?? this.#startOne();
    if (free !== undefined) return Promise.resolve(free);
    this.callSpare();
    return new Promise((done) => this.#waiting.push(done));
  }

  #startOne(): JudgeThread | undefined {
    if (this.#threads.length >= this.#options.size) return undefined;
    const thread = new JudgeThread(this.#options.thread, this.#options.onRestart);
    this.#threads.push(thread);
    return thread;
  }

  #giveBack(thread: JudgeThread): void {
    if (this.#closed) {
      void thread.end();
      return;
    }
    const next = this.#waiting.shift();
    if (next !== undefined) return next(thread);
    this.#idle.push(thread);
    thread.endAfter(this.#options.idleMilliseconds ?? IDLE_MILLISECONDS);
  }
}

/** Most judgements finish sooner than a new thread starts, so a thread is terminated only after this time. */
const GRACE_MILLISECONDS = 500;

type FromThread = JudgeThreadAnswer | JudgeProgress | ThreadFailure | TokenWanted;

async function giveToken({ number, repository }: TokenWanted, { readToken }: JobPorts): Promise<TokenGiven> {
  try {
    const token = await readToken?.(repository);
    return { kind: "token", number, ...(token === undefined ? {} : { token }) };
  } catch (error) {
    return { kind: "token", number, failure: error instanceof Error ? error.message : String(error) };
  }
}

interface Pending {
  readonly job: JobPorts;
  readonly done: (answer: JudgeThreadAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** A worker thread that is started when it is first needed, and again after it ended. */
class JudgeThread {
  readonly #options: JudgeThreadOptions;
  readonly #onRestart: () => void;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #idle: NodeJS.Timeout | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #id = 0;

  constructor(options: JudgeThreadOptions, onRestart: () => void) {
    this.#options = options;
    this.#onRestart = onRestart;
  }

  ask(request: JudgeThreadRequest, signal: AbortSignal, job: JobPorts = {}): Promise<JudgeThreadAnswer> {
    if (signal.aborted) return Promise.reject(new JudgeInterrupted("no longer wanted"));
    const worker = this.#start();
    const id = ++this.#id;
    return new Promise<JudgeThreadAnswer>((done, fail) => {
      let grace: NodeJS.Timeout | undefined;
      const interrupt = (): void => {
        this.#lose(new JudgeInterrupted("the judgement was ended"));
        void worker.terminate();
      };
      const interruptSoon = (): void => {
        grace = setTimeout(interrupt, GRACE_MILLISECONDS);
      };
      signal.addEventListener("abort", interruptSoon, { once: true });
      const settle = (): void => {
        signal.removeEventListener("abort", interruptSoon);
        clearTimeout(grace);
        this.#pending = undefined;
      };
      this.#pending = {
        job,
        done: (answer) => (settle(), done(answer)),
        fail: (error) => (settle(), fail(error)),
      };
      worker.postMessage({ id, content: request } satisfies Envelope<JudgeThreadRequest>);
    });
  }

  isRunning(): boolean {
    return this.#worker !== undefined;
  }

  /** Ends the worker after a time, unless it is to be kept. A later request starts another. */
  endAfter(milliseconds: number): void {
    this.keep();
    this.#idle = setTimeout(() => void this.end(), milliseconds).unref();
  }

  keep(): void {
    clearTimeout(this.#idle);
  }

  /** Ends the worker. Resolves once it and those that were ended before are gone. */
  async end(): Promise<void> {
    this.keep();
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) this.#ended = Promise.all([this.#ended, endWorker(worker)]);
    await this.#ended;
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./judge.worker.js", import.meta.url), { workerData: this.#options });
    worker.on("message", ({ id, content }: Envelope<FromThread>) => {
      if (id !== this.#id) return;
      if (content.kind === "progress") this.#pending?.job.onProgress?.(content.done, content.total);
      else if (content.kind === "failed") this.#pending?.fail(errorOf(content));
      else if (content.kind === "token wanted") {
        void giveToken(content, this.#pending?.job ?? {}).then((given) => worker.postMessage({ id, content: given }));
      } else this.#pending?.done(content);
    });
    worker.on("error", (error: unknown) => {
      if (this.#worker === worker) this.#lose(new Error("the judge thread failed", { cause: error }));
    });
    worker.on("exit", () => {
      if (this.#worker === worker) this.#lose(new Error("the judge thread ended"));
    });
    this.#worker = worker;
    return worker;
  }

  #lose(error: Error): void {
    this.#worker = undefined;
    this.#onRestart();
    this.#pending?.fail(error);
  }
}

function errorOf({ message, damaged }: ThreadFailure): Error {
  return damaged === undefined ? new Error(message) : new MirrorDamaged(damaged, message);
}

async function endWorker(worker: Worker): Promise<void> {
  // Asked to exit first, so that the thread can stop the processes that it started.
  const gone = new Promise<void>((done) => worker.once("exit", () => done()));
  worker.postMessage("end");
  const timer = setTimeout(() => void worker.terminate(), 3_000);
  await gone;
  clearTimeout(timer);
}
