import type { JsonObject } from "../../src/model/json.ts";
import type { Judge } from "../../src/model/judge.ts";
import { offends } from "../disguise/violations.ts";

/** A judge of a few lines: it answers at once, and what it forbids is told without the engine as well. */
export const forbiddingJudge: Judge = {
  digest: "fuzz",
  policies: [{ id: "fuzz/forbidden", package: "fuzz.forbidden" }],
  problems: [],
  readsChange: false,
  readsTime: false,
  judge: async (questions) =>
    questions.map(({ manifest: { value, identity } }) => ({
      violations: isForbidden(value)
        ? [
            {
              policy: "fuzz/forbidden",
              rule: "deny",
              level: "deny" as const,
              message: `${identity.kind} ${identity.name} is forbidden`,
              cause: { pointer: "/spec", stablePointer: "/spec", precision: "parent" as const, reads: "" },
              readsChange: false,
            },
          ]
        : [],
      excepted: [],
      problems: [],
    })),
  close: async () => {},
};

/** Whether an object violates what the judge forbids. */
export function isForbidden(value: JsonObject): boolean {
  return offends(value);
}
