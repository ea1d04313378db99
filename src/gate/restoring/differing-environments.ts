import type { Change } from "../../model/change.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { DesiredState } from "../../render/desired-state.ts";
import { compareOrigins } from "../compare-origins.ts";
import { keepReadings, type Judging } from "../judging/judge-once.ts";
import { matchStates } from "../match-states.ts";
import type { ReadOrigin } from "../reading.ts";
import type { States } from "../states.ts";

/** The environments in which two trees differ. */
export interface Difference {
  /** By name; what no environment names is the environment "". */
  readonly environments: ReadonlySet<string>;
  /** Something that was not rendered, read or planned differs too, so that any environment may. */
  readonly anywhere: boolean;
}

/**
 * Compares two trees by what they make of each environment; nothing is judged. A manifest that only stands in another file
 * or source of the same environment is no difference.
 */
export async function differingEnvironments(judging: Judging, states: States): Promise<Difference> {
  const { before, after } = compareOrigins(states);
  const read = {
    before: [...(await keepReadings(judging, "before", before)).values()],
    after: [...(await keepReadings(judging, "after", after)).values()],
  };
  const { matched, carriedOver } = matchStates(states, read);
  const environments = new Set<string>();
  for (const change of [...matched, ...carriedOver])
    if (isDifferent(change)) for (const { environment } of sidesOf(change)) environments.add(environment ?? "");
  const anywhere = [...read.before, ...read.after].some(isPartlyTold) || restOf(states.before) !== restOf(states.after);
  return { environments, anywhere };
}

function isDifferent(change: Change): boolean {
  if (change.kind === "unchanged") return false;
  return change.kind !== "moved" || !change.equal || change.exposed === true;
}

function sidesOf(change: Change): readonly Manifest[] {
  switch (change.kind) {
    case "created":
      return [change.after];
    case "deleted":
      return [change.before];
    case "updated":
    case "moved":
    case "unchanged":
      return [change.before, change.after];
    default:
      return change satisfies never;
  }
}

/** Whether an origin of one tree alone yields more than was read of it. */
function isPartlyTold(origin: ReadOrigin): boolean {
  if (origin.state !== "rendered") return true;
  const { problems, gaps = [] } = origin.kind === "read" ? origin.reading : origin.judged;
  return problems.length > 0 || gaps.length > 0;
}

/** What a tree has besides files and units, as text. */
function restOf({ graph, problems, unjudged, unplanned, violations }: DesiredState): string {
  return JSON.stringify([
    sorted(graph.gaps.map(({ source, reason, inputs }) => [source, reason, inputs ?? null])),
    sorted(problems.map(({ path, message, inputs }) => [path ?? null, message, inputs])),
    sorted(unjudged.map(({ source, reason }) => [source.id, reason])),
    sorted(unplanned),
    sorted(violations.map(({ manifest, violation }) => [manifest.identity, violation.policy, violation.message])),
  ]);
}

function sorted(items: readonly unknown[]): readonly string[] {
  return items.map((item) => JSON.stringify(item)).toSorted();
}
