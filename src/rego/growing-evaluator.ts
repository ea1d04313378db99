import { availableParallelism } from "node:os";
import { isMainThread } from "node:worker_threads";
import type { Evaluator } from "./evaluator.ts";
import { createEvaluator } from "./evaluator.ts";
import type { LaterSetting } from "./worker-evaluator.ts";
import { createWorkerEvaluator } from "./worker-evaluator.ts";
import type { PrintingInstance } from "./instances.ts";

// The number of evaluations from which a thread is started: then more will usually follow than its start costs.
const evaluationsWithoutThread = 200;

/**
 * Creates an evaluator that uses the calling thread first, and, from a larger number of evaluations on, a thread of its
 * own once that has started, so that manifests are read while others are judged. In a worker thread it starts no other
 * thread. `first` is the first instance, if there is one; `make` creates more of them for this thread.
 */
export function createGrowingEvaluator(
  setting: LaterSetting,
  first: PrintingInstance | undefined,
  make: () => PrintingInstance,
): Evaluator & { close(): Promise<void> } {
  let ready: PrintingInstance | undefined = first;
  const local = createEvaluator({
    deadlineMs: setting.deadlineMs,
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
