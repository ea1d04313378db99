import { parentPort, workerData } from "node:worker_threads";
import { shareJudge, type FileToJudge } from "../gate/judging/judge-share.ts";
import { builtinChecks } from "./builtin-checks.ts";
import type { ThreadSetting } from "./judging-threads.ts";
import { openJudge } from "./open-judge.ts";

const { sources, now, config, derived } = workerData as ThreadSetting;
const judge = await openJudge(sources, now, {
  derived: new Map(derived),
  rules: config?.schemas.enabled === true,
});
const judgeShare = shareJudge({
  judge,
  builtins: config === undefined ? [] : builtinChecks(config, undefined).builtins,
});

parentPort?.on("message", (share: readonly FileToJudge[]) => {
  void judgeShare(share).then((answer) => parentPort?.postMessage(answer));
});
parentPort?.postMessage("ready");
