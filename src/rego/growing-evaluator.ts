import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { Evaluator } from "./evaluator.ts";
import { createEvaluator } from "./evaluator.ts";
import type { EvaluationSetting } from "./worker-evaluator.ts";
import { createWorkerEvaluator } from "./worker-evaluator.ts";
import type { PolicyInstance } from "./opa-wasm.ts";

// Where so many evaluations are asked for, more of them will follow than a thread's start costs.
const evaluationsWithoutThread = 200;

/**
 * Evaluates in the calling thread, and from a good number of evaluations on in a thread of its own as soon as that has
 * started, so that manifests are read while others are judged. A caller that is a worker itself gets no other. `first`
 * is used before any other instance; `make` makes more of them for this thread.
 */
export function createGrowingEvaluator(
  setting: EvaluationSetting,
  first: PolicyInstance,
  make: () => PolicyInstance,
): Evaluator & { close(): Promise<void> } {
  const { deadlineMs } = setting;
  let ready: PolicyInstance | undefined = first;
  const local = createEvaluator({
    deadlineMs,
    instantiate: () => {
      const instance = ready ?? make();
      ready = undefined;
      return instance;
    },
  });
  const remote = createWorkerEvaluator(setting);
  let evaluations = 0;
  return {
    evaluate: (askings) => {
      evaluations += askings.length;
      if (evaluations >= evaluationsWithoutThread && isMainThread && availableParallelism() > 1) remote.start();
      return (remote.isReady() ? remote : local).evaluate(askings);
    },
    close: () => remote.close(),
  };
}
