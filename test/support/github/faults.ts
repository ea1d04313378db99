import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { requestId } from "./answer.ts";
import type { World } from "./state.ts";
import type { Fault, FaultRule } from "./traffic.ts";

export interface FaultRequest {
  readonly operation?: string;
  readonly path?: RegExp;
  readonly skip?: number;
  readonly times?: number;
}

/** Makes the next matching requests fail (once, unless `times` says otherwise); `hits` counts, `lift` ends it. */
export function addFault(world: World, fault: Fault, on: FaultRequest = {}): { readonly hits: number; lift(): void } {
  const rule: FaultRule = { ...on, skip: on.skip ?? 0, times: on.times ?? 1, fault, hits: 0 };
  world.faults.push(rule);
  return {
    get hits() {
      return rule.hits;
    },
    lift() {
      rule.times = 0;
    },
  };
}

export function takeFault(world: World, operation: string, path: string): Fault | undefined {
  for (const rule of world.faults) {
    const wanted = rule.operation;
    const matches =
      (wanted === undefined ||
        wanted === operation ||
        (wanted.endsWith("*") && operation.startsWith(wanted.slice(0, -1)))) &&
      (rule.path === undefined || rule.path.test(path));
    if (!matches || rule.times <= 0) continue;
    if (rule.skip > 0) {
      rule.skip -= 1;
      continue;
    }
    rule.times -= 1;
    rule.hits += 1;
    return rule.fault;
  }
  return undefined;
}

const DOCS = "https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api";

/** Plays a fault out. Answers true when the request must still be worked on. */
export async function playFault(world: World, fault: Fault, response: ServerResponse): Promise<boolean> {
  const answer = (status: number, message: string, headers: Record<string, string> = {}): boolean => {
    response.writeHead(status, {
      "content-type": "application/json; charset=utf-8",
      "x-github-request-id": requestId(),
      ...headers,
    });
    response.end(JSON.stringify({ message, documentation_url: DOCS, status: String(status) }));
    return false;
  };
  switch (fault.kind) {
    case "status":
      return answer(fault.status, fault.message ?? (fault.status >= 500 ? "Server Error" : "Not Found"));
    case "rate-limit":
      return answer(403, `API rate limit exceeded for installation ID ${world.installations[0]?.id ?? 0}.`, {
        "x-ratelimit-limit": String(world.rate.limit),
        "x-ratelimit-remaining": "0",
        "x-ratelimit-used": String(world.rate.limit),
        "x-ratelimit-reset": String(Math.ceil(world.now().getTime() / 1000) + (fault.resetIn ?? 60)),
        "x-ratelimit-resource": "core",
      });
    case "secondary-limit":
      return answer(403, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.", {
        "retry-after": String(fault.retryAfter ?? 60),
      });
    case "reset":
      response.socket?.resetAndDestroy();
      return false;
    case "lost-answer":
      return true;
    case "slow":
      await sleep(fault.ms, undefined, { ref: false });
      return true;
    case "held":
      await fault.until;
      return true;
    case "hang":
      return false;
    default:
      return fault satisfies never;
  }
}
