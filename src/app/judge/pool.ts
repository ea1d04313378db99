import { Worker } from "node:worker_threads";
import type {
  Envelope,
  JudgeRequest,
  JudgeAnswer,
  JudgeThreadAnswer,
  JudgeThreadOptions,
  JudgeThreadRequest,
  PrepareAnswer,
  PrepareRequest,
  ThreadFailure,
} from "./protocol.ts";

/** Thrown when a judgement was stopped at its deadline or because it is no longer needed. */
export class JudgeInterrupted extends Error {
  override readonly name = "JudgeInterrupted";
}

/** A judge thread that one job holds. */
export interface HeldThread {
  /** Both methods reject with `JudgeInterrupted` soon after `signal` aborts: the thread is then terminated. */
  prepare(request: PrepareRequest, signal: AbortSignal): Promise<PrepareAnswer>;
  judge(request: JudgeRequest, signal: AbortSignal): Promise<JudgeAnswer>;
  release(): void;
}

/** A pool of judge threads: untrusted policies and manifests never run on the thread that serves webhooks. */
export class JudgePool {
  readonly #options: JudgeThreadOptions;
  readonly #onRestart: () => void;
  readonly #idle: JudgeThread[] = [];
  readonly #waiting: ((thread: JudgeThread) => void)[] = [];
  #started = 0;
  readonly #size: number;
  #closed = false;

  constructor(size: number, options: JudgeThreadOptions, onRestart: () => void) {
    this.#size = size;
    this.#options = options;
    this.#onRestart = onRestart;
  }

  /** Waits for a free thread. The one used last is handed out first, since its policies are already compiled. */
  async take(): Promise<HeldThread> {
    const thread = await this.#free();
    let held = true;
    const ask = async (request: JudgeThreadRequest, signal: AbortSignal): Promise<JudgeThreadAnswer> => {
      if (!held) throw new Error("a judge thread was used after its release");
      return thread.ask(request, signal);
    };
    return {
      prepare: async (request, signal) => (await ask(request, signal)) as PrepareAnswer,
      judge: async (request, signal) => (await ask(request, signal)) as JudgeAnswer,
      release: () => {
        if (!held) return;
        held = false;
        this.#giveBack(thread);
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#idle.splice(0).map((thread) => thread.end()));
  }

  #free(): Promise<JudgeThread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#started < this.#size) {
      this.#started++;
      return Promise.resolve(new JudgeThread(this.#options, this.#onRestart));
    }
    return new Promise((done) => this.#waiting.push(done));
  }

  #giveBack(thread: JudgeThread): void {
    if (this.#closed) {
      void thread.end();
      return;
    }
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }
}

/** Most judgements finish sooner than a new thread starts, so a thread is terminated only after this time. */
const GRACE_MILLISECONDS = 500;

interface Pending {
  readonly done: (answer: JudgeThreadAnswer) => void;
  readonly fail: (error: Error) => void;
}

/** A worker thread that is started when it is first needed, and again after it was terminated. */
class JudgeThread {
  readonly #options: JudgeThreadOptions;
  readonly #onRestart: () => void;
  #worker: Worker | undefined;
  #pending: Pending | undefined;
  #id = 0;

  constructor(options: JudgeThreadOptions, onRestart: () => void) {
    this.#options = options;
    this.#onRestart = onRestart;
  }

  ask(request: JudgeThreadRequest, signal: AbortSignal): Promise<JudgeThreadAnswer> {
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
        done: (answer) => (settle(), done(answer)),
        fail: (error) => (settle(), fail(error)),
      };
      worker.postMessage({ id, content: request } satisfies Envelope<JudgeThreadRequest>);
    });
  }

  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    // Asked to exit first, so that the thread can stop the processes that it started.
    const gone = new Promise<void>((done) => worker.once("exit", () => done()));
    worker.postMessage("end");
    const timer = setTimeout(() => void worker.terminate(), 3_000);
    await gone;
    clearTimeout(timer);
  }

  #start(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL("./judge.worker.js", import.meta.url), { workerData: this.#options });
    worker.on("message", (message: Envelope<JudgeThreadAnswer | ThreadFailure>) => {
      if (message.id !== this.#id) return;
      if (message.content.kind === "failed") this.#pending?.fail(new Error(message.content.message));
      else this.#pending?.done(message.content);
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
