import { parentPort, workerData } from "node:worker_threads";
import { createEngine } from "../../engine/judge-engine.ts";
import { createJudgeThread } from "./thread.ts";
import type { Envelope, JudgeThreadAnswer, JudgeThreadOptions, JudgeThreadRequest, ThreadFailure } from "./protocol.ts";

const engine = createEngine(workerData as JudgeThreadOptions);
const answer = createJudgeThread(engine);

parentPort?.on("message", (message: Envelope<JudgeThreadRequest> | "end") => {
  if (message === "end") {
    engine.close();
    process.exit(0);
    return;
  }
  void answer(message.content)
    .catch((error: unknown): ThreadFailure => ({
      kind: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then((content) =>
      parentPort?.postMessage({ id: message.id, content } satisfies Envelope<JudgeThreadAnswer | ThreadFailure>),
    );
});
