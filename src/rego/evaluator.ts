import { setImmediate } from "node:timers/promises";
import type { Timed } from "../wasm/deadline.ts";
import { runWithDeadline } from "../wasm/deadline.ts";
import type { PolicyInstance } from "./opa-wasm.ts";
import { EvaluationError } from "./opa-wasm.ts";

/** One evaluation of an entry point with an input. */
export interface Asking {
  /** Returns the JSON text of the input; called when it is needed. Throws EvaluationError if there is none. */
  readonly input: () => string;
  readonly entrypoint: string;
  /** The environment whose data apply. */
  readonly environment?: string | undefined;
}

/**
 * Why an evaluation has no answer. `late`: it did not finish within the deadline; the other reasons are those of
 * EvaluationError.
 */
export interface Failure {
  readonly reason: "late" | EvaluationError["reason"];
  readonly message: string;
}

/** The values in the order of the evaluations, in the notation of Rego, up to the first that failed. */
export interface Evaluated {
  readonly values: readonly (string | undefined)[];
  readonly failure?: Failure;
}

/** Evaluates with one instance at a time, and discards the instance after a failure. */
export interface Evaluator {
  evaluate(askings: readonly Asking[]): Promise<Evaluated>;
}

/** What an evaluator is created with. */
export interface EvaluatorOptions {
  readonly instantiate: () => PolicyInstance;
  /** The deadline of one evaluation, in milliseconds. */
  readonly deadlineMs: number;
}

// Milliseconds of evaluations after which other work of this thread gets a turn.
const sliceMs = 50;

/** Creates an evaluator that runs in the calling thread. It creates its instance when it is first used. */
export function createEvaluator(options: EvaluatorOptions): Evaluator {
  let instance: PolicyInstance | undefined;

  function evaluateSlice(askings: readonly Asking[], values: (string | undefined)[]): void {
    const end = performance.now() + sliceMs;
    instance ??= options.instantiate();
    for (const asking of askings.slice(values.length)) {
      instance.use(asking.environment);
      instance.read(asking.input());
      values.push(instance.evaluate(entrypointOf(instance, asking)));
      if (performance.now() > end) return;
    }
  }

  return {
    evaluate: async (askings) => {
      const values: (string | undefined)[] = [];
      while (values.length < askings.length) {
        // The last evaluation of a slice gets the whole deadline.
        let timed: Timed<void> | undefined;
        const failure = failureOf(() => {
          timed = runWithDeadline(options.deadlineMs + sliceMs, () => evaluateSlice(askings, values));
        });
        if (failure !== undefined || timed?.kind === "late") {
          instance = undefined;
          const message = `it did not finish within ${options.deadlineMs} ms`;
          return { values, failure: failure ?? { reason: "late", message } };
        }
        await setImmediate();
      }
      return { values };
    },
  };
}

function entrypointOf(instance: PolicyInstance, asking: Asking): number {
  const entrypoint = instance.entrypoints.get(asking.entrypoint);
  if (entrypoint === undefined) throw new EvaluationError("rule", `the module has no entry point ${asking.entrypoint}`);
  return entrypoint;
}

/** Runs a step of an evaluation; returns the EvaluationError that it throws as a failure. */
export function failureOf(run: () => void): Failure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof EvaluationError) return { reason: error.reason, message: error.message };
    throw error;
  }
}
