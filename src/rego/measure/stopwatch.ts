import { setImmediate } from "node:timers/promises";
import type { Input } from "../ask.ts";
import { failureOf, type Failure } from "../evaluator.ts";
import type { PrintingInstance } from "../instances.ts";
import { EvaluationError } from "../opa-wasm.ts";
import { runWithDeadline } from "../../wasm/deadline.ts";

/** One evaluation with the time that it took; `value` is in the notation of Rego, undefined where the rule is. */
export type TimedEvaluation =
  | { readonly kind: "value"; readonly value: string | undefined; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly milliseconds: number; readonly reason: Failure["reason"] };

/** Times evaluations of entry points. */
export interface Stopwatch {
  /** Evaluates each entry point by itself for one document, in order; reading the document is not timed. */
  time(input: Omit<Input, "place">, entrypoints: readonly string[]): Promise<readonly TimedEvaluation[]>;
}

/** Creates one. After a failure the instance is replaced. `deadlineMs` is that of one evaluation. */
export function createStopwatch(make: () => PrintingInstance, deadlineMs: number): Stopwatch {
  let instance: PrintingInstance | undefined;
  return {
    time: async ({ text, environment, facts }, entrypoints) => {
      const timed: TimedEvaluation[] = [];
      while (timed.length < entrypoints.length) {
        let start = performance.now();
        // One deadline for a few evaluations, because setting it takes as long as they do.
        const failure = failureOf(() => {
          const outcome = runWithDeadline(deadlineMs, () => {
            const running = (instance ??= make());
            for (const name of entrypoints.slice(timed.length)) {
              const entrypoint = running.entrypoints.get(name);
              if (entrypoint === undefined) throw new EvaluationError("rule", `the module has no entry point ${name}`);
              running.use(environment, facts);
              running.read(text());
              start = performance.now();
              const value = running.evaluate(entrypoint);
              timed.push({ kind: "value", value, milliseconds: performance.now() - start });
              running.takePrinted();
            }
          });
          if (outcome.kind === "late") throw new EvaluationError("steps", "it did not finish in time");
        });
        if (failure === undefined) continue;
        instance = undefined;
        const { reason } = failure;
        if (reason === "input") return entrypoints.map(() => ({ kind: "failed", milliseconds: 0, reason }));
        timed.push({ kind: "failed", milliseconds: performance.now() - start, reason });
      }
      await setImmediate();
      return timed;
    },
  };
}
