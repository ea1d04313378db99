import { Worker } from "node:worker_threads";
import type { Asking, Evaluated, Evaluator, Failure } from "./evaluator.ts";
import { failureOf } from "./evaluator.ts";
import type { Recipe } from "./instances.ts";
import type { BuiltinRelayOptions } from "./toolchain/builtin-relay.ts";

/** What the worker thread is started with. */
export interface EvaluationSetting {
  readonly recipe: Recipe;
  /** The options of the relay to OPA, which a thread creates for itself if its builtins need one. */
  readonly relaying: BuiltinRelayOptions;
  readonly deadlineMs: number;
}

/** Inputs as JSON text, each with its entry point and its environment. */
export type EvaluationRequest = readonly (readonly [text: string, entrypoint: string, environment?: string])[];

const program = new URL("./evaluation.worker.js", import.meta.url);

/** The message of the thread once it can evaluate. */
export const ready = "ready";

/** An evaluator in a thread of its own. The caller must close it. */
export interface WorkerEvaluator extends Evaluator {
  /** Starts the thread without waiting; otherwise it starts with the first request. */
  start(): void;
  /** Whether the thread is ready to evaluate at once. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** Creates an evaluator in a thread of its own. It handles one request at a time. */
export function createWorkerEvaluator(setting: EvaluationSetting): WorkerEvaluator {
  let worker: Worker | undefined;
  let isReady = false;
  let turn: Promise<unknown> = Promise.resolve();
  let answer: ((evaluated: Evaluated) => void) | undefined;

  function start(): Worker {
    const started = new Worker(program, { workerData: setting, execArgv: [] });
    started.on("message", (said: Evaluated | typeof ready) => {
      if (said === ready) isReady = true;
      else settle(said);
    });
    started.on("error", (error) => stopped(error.message));
    started.on("exit", () => stopped("the thread ended"));
    return started;
  }

  function settle(evaluated: Evaluated): void {
    answer?.(evaluated);
    answer = undefined;
  }

  function stopped(message: string): void {
    worker = undefined;
    isReady = false;
    settle({ values: [], failure: { reason: "rule", message: `the evaluation stopped: ${message}` } });
  }

  async function post(request: EvaluationRequest): Promise<Evaluated> {
    const running = (worker ??= start());
    // The process may exit while the thread is idle, but not during a request.
    running.ref();
    const evaluated = await new Promise<Evaluated>((resolve) => {
      answer = resolve;
      running.postMessage(request);
    });
    running.unref();
    return evaluated;
  }

  async function evaluate(askings: readonly Asking[]): Promise<Evaluated> {
    const { request, failure } = readInputs(askings);
    const evaluated = request.length === 0 ? { values: [] } : await post(request);
    return evaluated.failure !== undefined || failure === undefined ? evaluated : { ...evaluated, failure };
  }

  return {
    start: () => {
      if (worker !== undefined) return;
      worker = start();
      worker.unref();
    },
    isReady: () => isReady,
    evaluate: (askings) => {
      const evaluated = turn.then(() => evaluate(askings));
      turn = evaluated;
      return evaluated;
    },
    close: async () => {
      await worker?.terminate();
    },
  };
}

/** The inputs up to the first that cannot be written. */
function readInputs(askings: readonly Asking[]): {
  readonly request: EvaluationRequest;
  readonly failure: Failure | undefined;
} {
  const request: EvaluationRequest[number][] = [];
  const failure = failureOf(() => {
    for (const { input, entrypoint, environment } of askings)
      request.push(environment === undefined ? [input(), entrypoint] : [input(), entrypoint, environment]);
  });
  return { request, failure };
}
