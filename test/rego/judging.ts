import type { Judge, Question } from "../../src/model/judge.ts";
import type { JsonObject } from "../../src/model/json.ts";
import type { PolicySources } from "../../src/model/policy.ts";
import type { Judgement } from "../../src/model/violation.ts";
import type { JudgeOptions } from "../../src/rego/create-judge.ts";
import { createJudge } from "../../src/rego/create-judge.ts";
import type { Toolchain } from "../../src/rego/toolchain/toolchain.ts";
import { createToolchain } from "../../src/rego/toolchain/toolchain.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

/** A toolchain on the cache of all tests; close it after the tests. */
export function freshToolchain(): Toolchain {
  return createToolchain({ cacheDir: TEST_CACHE });
}

/** A judge of Rego texts by path, `policy.rego` where there is one only. */
export function judgeOf(
  toolchain: Toolchain,
  rego: string | { readonly [path: string]: string },
  sources: Partial<PolicySources> = {},
  options: Partial<JudgeOptions> = {},
): Promise<Judge> {
  const files = typeof rego === "string" ? { "policy.rego": rego } : rego;
  return createJudge(
    {
      files: Object.entries(files).map(([path, text]) => ({ path, text })),
      data: [],
      regoVersion: "v1",
      ...sources,
    },
    { toolchain, now: "2026-02-03T04:05:06Z", deadlineMs: 60_000, memoryLimitMiB: 64, ...options },
  );
}

/** A question about a manifest in `apps/web.yaml`, or at another path. */
export function question(value: JsonObject, path = "apps/web.yaml", change: Partial<Question> = {}): Question {
  const { apiVersion = "v1", kind = "Pod" } = value as { apiVersion?: string; kind?: string };
  return {
    manifest: {
      identity: { group: "", kind, name: "web" },
      apiVersion,
      value: { apiVersion, kind, ...value },
      position: { path, document: 0, line: 1, pointer: "" },
    },
    operation: "CREATE",
    ...change,
  };
}

/** What a judge says of one manifest. */
export async function judgementOn(judge: Judge, asked: Question = question({})): Promise<Judgement> {
  const [judgement] = await judge.judge([asked]);
  if (judgement === undefined) throw new Error("no judgement");
  return judgement;
}

export function messagesOf(judgement: Judgement): readonly string[] {
  return judgement.violations.map(({ message }) => message);
}
