import { setImmediate } from "node:timers/promises";
import type { KnownFacts } from "../model/fact.ts";
import type { Timed } from "../wasm/deadline.ts";
import { runWithDeadline } from "../wasm/deadline.ts";
import type { PrintedLine } from "./builtins/builtin.ts";
import type { PrintingInstance } from "./instances.ts";
import { EvaluationError } from "./opa-wasm.ts";

/** One evaluation of an entry point with an input. */
export interface Asking {
  /** Returns the JSON text of the input; called when it is needed. Throws EvaluationError if there is none. */
  readonly input: () => string;
  readonly entrypoint: string;
  /** The environment whose data apply. */
  readonly environment?: string | undefined;
  /** What is known of other objects. Not for evaluators in other threads. */
  readonly facts?: KnownFacts | undefined;
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
  /** What the policies printed, by the index of the evaluation. */
  readonly printed?: readonly Printed[];
}

/** The lines that the policies printed in one evaluation. */
export type Printed = readonly [evaluation: number, lines: readonly PrintedLine[]];

/** Evaluates with one instance at a time, and discards the instance after a failure. */
export interface Evaluator {
  evaluate(askings: readonly Asking[]): Promise<Evaluated>;
}

/** What an evaluator is created with. */
export interface EvaluatorOptions {
  readonly instantiate: () => PrintingInstance;
  /** The deadline of one evaluation, in milliseconds. */
  readonly deadlineMs: number;
}

// Milliseconds of evaluations after which other work of this thread gets a turn.
const sliceMs = 50;

/** Creates an evaluator that runs in the calling thread. It creates its instance when it is first used. */
export function createEvaluator(options: EvaluatorOptions): Evaluator {
  let instance: PrintingInstance | undefined;

  function evaluateSlice(askings: readonly Asking[], values: (string | undefined)[], printed: Printed[]): void {
    const end = performance.now() + sliceMs;
    const running = (instance ??= options.instantiate());
    for (const asking of askings.slice(values.length)) {
      const at = values.length;
      running.use(asking.environment, asking.facts);
      running.read(asking.input());
      try {
        values.push(running.evaluate(entrypointOf(running, asking)));
      } finally {
        const lines = running.takePrinted();
        if (lines.length > 0) printed.push([at, lines]);
      }
      if (performance.now() > end) return;
    }
  }

  return {
    evaluate: async (askings) => {
      const values: (string | undefined)[] = [];
      const printed: Printed[] = [];
      const output = () => (printed.length === 0 ? {} : { printed });
      while (values.length < askings.length) {
        // The last evaluation of a slice gets the whole deadline.
        let timed: Timed<void> | undefined;
        const failure = failureOf(() => {
          timed = runWithDeadline(options.deadlineMs + sliceMs, () => evaluateSlice(askings, values, printed));
        });
        if (failure !== undefined || timed?.kind === "late") {
          instance = undefined;
          const message = `it did not finish within ${options.deadlineMs} ms`;
          return { values, failure: failure ?? { reason: "late", message }, ...output() };
        }
        await setImmediate();
      }
      return { values, ...output() };
    },
  };
}

function entrypointOf(instance: PrintingInstance, asking: Asking): number {
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
