import { setImmediate } from "node:timers/promises";
import type { Timed } from "../wasm/deadline.ts";
import { runWithDeadline } from "../wasm/deadline.ts";
import type { PolicyInstance } from "./opa-wasm.ts";
import { EvaluationError } from "./opa-wasm.ts";

/** One evaluation: an entry point asked on one input. */
export interface Asking {
  /** JSON text of the input; called when its turn comes. Throws EvaluationError where there is none. */
  readonly input: () => string;
  readonly entrypoint: string;
  /** The environment whose data are asked with. */
  readonly environment?: string | undefined;
}

/** Why an evaluation gave no answer. `late`: it did not finish within the deadline; the others as EvaluationError has them. */
export interface Failure {
  readonly reason: "late" | EvaluationError["reason"];
  readonly message: string;
}

/** Values in the order of the askings, in Rego's notation, up to the one that failed, if one did. */
export interface Evaluated {
  readonly values: readonly (string | undefined)[];
  readonly failure?: Failure;
}

/** Evaluates on one instance at a time, and throws the instance away after every failure. */
export interface Evaluator {
  evaluate(askings: readonly Asking[]): Promise<Evaluated>;
}

export interface EvaluatorOptions {
  readonly instantiate: () => PolicyInstance;
  /** Milliseconds that one evaluation may take. */
  readonly deadlineMs: number;
}

// How long evaluations run before other work of this thread gets its turn.
const sliceMs = 50;

/** An evaluator that runs in the calling thread; it instantiates when it is first asked. */
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
        // The last evaluation of a slice has the whole deadline to itself.
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

/** Runs a step of an evaluation; the EvaluationError it throws, as a failure. */
export function failureOf(run: () => void): Failure | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof EvaluationError) return { reason: error.reason, message: error.message };
    throw error;
  }
}
