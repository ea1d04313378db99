import { parentPort, workerData } from "node:worker_threads";
import { createEngine } from "../../engine/judge-engine.ts";
import { createJudgeThread } from "./thread.ts";
import type {
  Envelope,
  JudgeProgress,
  JudgeThreadAnswer,
  JudgeThreadOptions,
  JudgeThreadRequest,
  ThreadFailure,
} from "./protocol.ts";

/** How often a judgement says how far it is. */
const progressMilliseconds = 1_000;

const engine = createEngine(workerData as JudgeThreadOptions);
const answer = createJudgeThread(engine);

parentPort?.on("message", (message: Envelope<JudgeThreadRequest> | "end") => {
  if (message === "end") {
    engine.close();
    process.exit(0);
    return;
  }
  const say = (content: JudgeThreadAnswer | ThreadFailure | JudgeProgress): void =>
    parentPort?.postMessage({ id: message.id, content } satisfies Envelope<typeof content>);
  let last = performance.now();
  const onProgress = (done: number, total: number): void => {
    if (performance.now() - last < progressMilliseconds) return;
    last = performance.now();
    say({ kind: "progress", done, total });
  };
  void answer(message.content, onProgress)
    .catch((error: unknown): ThreadFailure => ({
      kind: "failed",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }))
    .then(say);
});
