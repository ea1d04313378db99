import type { Repository, World } from "./state.ts";
import type { Call } from "./traffic.ts";

/** Which pull requests a request is about: by number in the path, or by a head they have or had. */
export function pullsOf(repository: Repository | undefined, path: string, body: unknown): number[] {
  if (repository === undefined) return [];
  const number = /\/(?:pulls|issues)\/(\d+)/.exec(path)?.[1];
  if (number !== undefined) return [Number(number)];
  const headSha = (body as { head_sha?: string } | undefined)?.head_sha;
  const run = /\/check-runs\/(\d+)/.exec(path)?.[1];
  const sha =
    headSha ??
    repository.runs.find((candidate) => candidate.id === Number(run))?.headSha ??
    /[0-9a-f]{40}/.exec(path)?.[0];
  return sha === undefined
    ? []
    : repository.pulls.filter((pull) => pull.heads.includes(sha)).map((pull) => pull.number);
}

/** How often each operation was called; Git counts apart from REST. */
export function countCalls(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[call.operation] = (counts[call.operation] ?? 0) + 1;
  return counts;
}

export const restCalls = (world: World): Call[] => world.calls.filter((call) => !call.operation.startsWith("git/"));
