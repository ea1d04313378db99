import { Worker } from "node:worker_threads";
import type { Asking, Evaluated, Evaluator, Failure, Printed } from "./evaluator.ts";
import { failureOf } from "./evaluator.ts";
import type { Recipe } from "./instances.ts";
import type { BuiltinRelayOptions } from "./toolchain/builtin-relay.ts";

/** What the worker thread is started with. */
export interface EvaluationSetting {
  readonly recipe: Recipe;
  /** The options of the relay to OPA, which a thread creates for itself if its builtins need one. */
  readonly relaying: BuiltinRelayOptions;
  readonly deadlineMs: number;
  /** The limit for values outside the module, in MiB; default 1024. */
  readonly heapLimitMiB?: number;
}

/** What a thread can be started with later: the module is compiled when one is. */
export type LaterSetting = Omit<EvaluationSetting, "recipe"> & { readonly recipe: () => Recipe };

/** Inputs as JSON text, each with its entry point and its environment. */
export type EvaluationRequest = readonly (readonly [text: string, entrypoint: string, environment?: string])[];

const program = new URL("./evaluation.worker.js", import.meta.url);

/** The message of the thread once it can evaluate. */
export const ready = "ready";

/** An evaluator in a thread of its own. The caller must close it. */
export interface WorkerEvaluator extends Evaluator {
  /** Starts the thread without waiting; otherwise it starts with the first request. */
  start(): void;
  /** Whether the thread could be started. If it ends, another one takes its place. */
  isReady(): boolean;
  close(): Promise<void>;
}

/** Many times what the values of one evaluation can take. */
const defaultHeapLimitMiB = 1024;

/** What is said of the evaluation during which the thread ended. */
interface Stopped {
  readonly stopped: Failure;
}

/** Creates an evaluator in a thread of its own. It handles one request at a time. */
export function createWorkerEvaluator({ recipe, ...setting }: LaterSetting): WorkerEvaluator {
  let worker: Worker | undefined;
  let isReady = false;
  let turn: Promise<unknown> = Promise.resolve();
  let answer: ((outcome: Evaluated | Stopped) => void) | undefined;
  const { heapLimitMiB = defaultHeapLimitMiB } = setting;

  function start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: heapLimitMiB };
    const workerData: EvaluationSetting = { ...setting, recipe: recipe() };
    const started = new Worker(program, { workerData, execArgv: [], resourceLimits });
    started.on("message", (said: Evaluated | typeof ready) => {
      if (said === ready) isReady = true;
      else settle(said);
    });
    started.on("error", (error) => stopped(started, failureOfThread(error, heapLimitMiB)));
    started.on("exit", () => stopped(started, { reason: "rule", message: "the thread of the evaluation ended" }));
    return started;
  }

  function settle(outcome: Evaluated | Stopped): void {
    answer?.(outcome);
    answer = undefined;
  }

  function stopped(thread: Worker, failure: Failure): void {
    // It has two ends, an error and its exit, and after the first there is another thread.
    if (worker !== thread) return;
    worker = undefined;
    settle({ stopped: failure });
  }

  async function post(request: EvaluationRequest): Promise<Evaluated | Stopped> {
    const running = (worker ??= start());
    // The process may exit while the thread is idle, but not during a request.
    running.ref();
    const outcome = await new Promise<Evaluated | Stopped>((resolve) => {
      answer = resolve;
      running.postMessage(request);
    });
    running.unref();
    return outcome;
  }

  /** A thread that ends takes with it what it knew, so each evaluation of its request is made again, up to the one that ends it. */
  async function evaluateAll(request: EvaluationRequest): Promise<Evaluated> {
    const outcome = await post(request);
    if (!("stopped" in outcome)) return outcome;
    if (request.length === 1) return { values: [], failure: outcome.stopped };
    const values: (string | undefined)[] = [];
    const printed: Printed[] = [];
    for (const [at, one] of request.entries()) {
      const evaluated = await evaluateAll([one]);
      values.push(...evaluated.values);
      for (const [, lines] of evaluated.printed ?? []) printed.push([at, lines]);
      if (evaluated.failure !== undefined) return { values, failure: evaluated.failure, printed };
    }
    return { values, printed };
  }

  async function evaluate(askings: readonly Asking[]): Promise<Evaluated> {
    const { request, failure } = readInputs(askings);
    const evaluated = request.length === 0 ? { values: [] } : await evaluateAll(request);
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

function failureOfThread(error: unknown, heapLimitMiB: number): Failure {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const isMemory = code === "ERR_WORKER_OUT_OF_MEMORY";
  if (isMemory)
    return { reason: "memory", message: `it needed more than ${heapLimitMiB} MiB for values outside the module` };
  const message = error instanceof Error ? error.message : String(error);
  return { reason: "rule", message: `the thread of the evaluation ended: ${message}` };
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
