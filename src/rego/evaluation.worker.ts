import { parentPort, workerData } from "node:worker_threads";
import { createEvaluator } from "./evaluator.ts";
import type { EvaluationRequest, EvaluationSetting } from "./worker-evaluator.ts";
import { makeInstance } from "./instances.ts";

const { recipe, deadlineMs } = workerData as EvaluationSetting;
const evaluator = createEvaluator({ deadlineMs, instantiate: () => makeInstance(recipe) });

parentPort?.on("message", (request: EvaluationRequest) => {
  const askings = request.map(([text, entrypoint]) => ({ input: () => text, entrypoint }));
  void evaluator.evaluate(askings).then((evaluated) => parentPort?.postMessage(evaluated));
});
