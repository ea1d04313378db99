import { defaultConfig } from "../../src/config/default-config.ts";
import type { CheckRequest } from "../../src/gate/check-request.ts";
import { check } from "../../src/gate/check.ts";
import type { Report } from "../../src/model/report.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { forbiddingJudge } from "./forbidding-judge.ts";
import { mustBeAlike, mustHold } from "./fuzzer.ts";

export type Files = { readonly [path: string]: MemoryFile };

export const now = "2026-02-01T12:00:00Z";
const config = { ...defaultConfig, schemas: { enabled: false } };

/** Judges a tree by itself or, with `before`, a change. */
export function judgeFiles(
  after: Files,
  more: Partial<CheckRequest> & { readonly from?: Files } = {},
): Promise<Report> {
  const { from, ...request } = more;
  return check({
    judge: forbiddingJudge,
    config,
    now,
    ...(from === undefined ? {} : { before: memoryTree(from, "before") }),
    after: memoryTree(after, "after"),
    judged: { after: "after", how: "fuzz", ...(from === undefined ? {} : { before: "before" }) },
    ...request,
  });
}

/** Whether a report lets what it is about pass. */
export function isGreen({ verdict }: Report): boolean {
  return verdict === "pass" || verdict === "warn";
}

/** Judges a tree in all ways there are, which must say the same, and answers with the report of the tree by itself. */
export async function judgeAllWays(
  after: Files,
  more: Partial<CheckRequest> & { readonly from?: Files } = {},
): Promise<Report> {
  const { from = {}, ...request } = more;
  const whole = await judgeFiles(after, request);
  mustBeAlike(whole, await judgeFiles(after, request), "judged twice");
  const change = await judgeFiles(after, { ...request, from });
  mustBeAlike(told(whole), told(change), "the tree, and the change that brings all of it");
  mustHold(
    !(isGreen(change) && !isGreen(whole)) || whole.problems.every(({ path }) => path === undefined),
    () => `the change passes, and the tree does not: ${JSON.stringify(whole.problems)}`,
  );
  return whole;
}

/** What a report says of files, in whichever way they were judged. */
function told({ findings, problems }: Report): readonly string[] {
  return [
    ...findings.map(({ policy, message, location }) => `${policy} ${location.path}:${location.line} ${message}`),
    ...problems.flatMap(({ path, line, message }) => (path === undefined ? [] : [`${path}:${line} ${message}`])),
  ].toSorted();
}
