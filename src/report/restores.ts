import type { Report } from "../model/report.ts";
import type { RestoredState } from "../model/restores.ts";
import { count } from "./wording.ts";

/** As much of a commit id as people need. */
const ID_LENGTH = 7;

/** `abc1234` */
export function restoredId({ commit }: RestoredState): string {
  return commit.slice(0, ID_LENGTH);
}

/**
 * What the change restores, a sentence for each state: `Restores the state of abc1234 (#12, merged 3 hours ago, passed) in
 * production.` Commits and names of environments are as `shown` makes them: names are untrusted text.
 */
export function restoresSentences(
  { restores, findings, now }: Report,
  shown: (text: string) => string,
): readonly string[] {
  if (restores === undefined) return [];
  const states = [restores, ...(restores.also ?? [])].map((state) => {
    const { pull, mergedAt } = state;
    const facts = [
      ...(pull === undefined ? [] : [`#${pull}`]),
      ...(mergedAt === undefined ? [] : [`merged ${ago(mergedAt, now)}`]),
      "passed",
    ];
    return `Restores the state of ${shown(restoredId(state))} (${facts.join(", ")})${where(state, shown)}.`;
  });
  const had = findings.filter(({ restored }) => restored !== undefined).length;
  return [
    ...states,
    ...(had === 0 ? [] : [`${count(had, "finding")} that it had then ${had === 1 ? "counts" : "count"} as existing.`]),
    ...(restores.complete ? [] : ["The rest of the change restores nothing that passed."]),
  ];
}

function where({ environments, unnamed }: RestoredState, shown: (text: string) => string): string {
  const all = [
    ...environments.map(shown),
    ...(unnamed === true && environments.length > 0 ? ["outside of environments"] : []),
  ];
  return all.length === 0 ? "" : ` in ${all.join(", ")}`;
}

const UNITS = [
  { one: "day", milliseconds: 86_400_000 },
  { one: "hour", milliseconds: 3_600_000 },
  { one: "minute", milliseconds: 60_000 },
] as const;

/** `3 hours ago` */
function ago(then: string, now: string): string {
  const milliseconds = Date.parse(now) - Date.parse(then);
  const unit = UNITS.find((one) => milliseconds >= one.milliseconds);
  return unit === undefined ? "just now" : `${count(Math.floor(milliseconds / unit.milliseconds), unit.one)} ago`;
}
