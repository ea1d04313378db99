import { parentPort, workerData } from "node:worker_threads";
import { createEngine } from "../../engine/judge-engine.ts";
import { MirrorDamaged } from "../mirror/mirror-damaged.ts";
import { createJudgeThread } from "./thread.ts";
import type {
  Envelope,
  JudgeProgress,
  JudgeThreadAnswer,
  JudgeThreadOptions,
  JudgeThreadRequest,
  ThreadFailure,
  TokenGiven,
  TokenWanted,
} from "./protocol.ts";

/** How often a judgement says how far it is. */
const progressMilliseconds = 1_000;

const engine = createEngine(workerData as JudgeThreadOptions);
const answer = createJudgeThread(engine);
const wanted = new Map<number, (given: TokenGiven) => void>();
let tokens = 0;

parentPort?.on("message", (message: Envelope<JudgeThreadRequest | TokenGiven> | "end") => {
  if (message === "end") {
    engine.close();
    process.exit(0);
    return;
  }
  const { id, content } = message;
  if (content.kind === "token") {
    wanted.get(content.number)?.(content);
    wanted.delete(content.number);
    return;
  }
  const say = (said: JudgeThreadAnswer | ThreadFailure | JudgeProgress | TokenWanted): void =>
    parentPort?.postMessage({ id, content: said } satisfies Envelope<typeof said>);
  let last = performance.now();
  const onProgress = (done: number, total: number): void => {
    if (performance.now() - last < progressMilliseconds) return;
    last = performance.now();
    say({ kind: "progress", done, total });
  };
  const readToken = async (repository: string): Promise<string | undefined> => {
    const number = ++tokens;
    const { token, failure } = await new Promise<TokenGiven>((resolve) => {
      wanted.set(number, resolve);
      say({ kind: "token wanted", number, repository });
    });
    if (failure !== undefined) throw new Error(`GitHub gave no token for ${repository}: ${failure}`);
    return token;
  };
  void answer(content, { onProgress, readToken })
    .catch((error: unknown): ThreadFailure =>
      error instanceof MirrorDamaged
        ? { kind: "failed", message: error.message, damaged: error.directory }
        : { kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    )
    .then(say);
});
