import { parentPort, workerData } from "node:worker_threads";
import { loadBuiltins, startRelay } from "./builtins/load-builtins.ts";
import { createEvaluator } from "./evaluator.ts";
import type { EvaluationRequest, EvaluationSetting } from "./worker-evaluator.ts";
import { ready } from "./worker-evaluator.ts";
import { makeInstance } from "./instances.ts";
import { createBuiltinRelay } from "./toolchain/builtin-relay.ts";

const { recipe, relaying, deadlineMs } = workerData as EvaluationSetting;
const relay = createBuiltinRelay(relaying);
const builtins = await loadBuiltins(recipe.builtins, relay.call);
startRelay(recipe.builtins, relay.call);
const evaluator = createEvaluator({ deadlineMs, instantiate: () => makeInstance(recipe, builtins) });

parentPort?.on("message", (request: EvaluationRequest) => {
  const askings = request.map(([text, entrypoint, environment]) => ({ input: () => text, entrypoint, environment }));
  void evaluator.evaluate(askings).then((evaluated) => parentPort?.postMessage(evaluated));
});
parentPort?.postMessage(ready);
