import type { Because, Failing, Standing, StoredStanding } from "../../model/standing.ts";

/** One judgement of a branch, before it is compared. */
export type JudgedStanding = Omit<StoredStanding, "repository">;

/**
 * A standing beside the one before it: what failed then already has failed since then, and what fails anew has done so
 * since now, with what differs between both.
 */
export function compareStandings(before: JudgedStanding | undefined, now: JudgedStanding): Standing {
  if (before === undefined) return now.standing;
  const because = causesBetween(before, now);
  const dated = (
    failing: { readonly [id: string]: Failing },
    known: { readonly [id: string]: Failing },
  ): { readonly [id: string]: Failing } =>
    Object.fromEntries(
      Object.entries(failing).map(([id, { findings }]) => {
        const earlier = Object.hasOwn(known, id) ? known[id] : undefined;
        const { since, because: why } = earlier ?? { since: now.judgedAt, because };
        return [id, { findings, since, because: why }];
      }),
    );
  const { standing } = now;
  return {
    ...standing,
    policies: dated(standing.policies, before.standing.policies),
    controls: { ...standing.controls, failing: dated(standing.controls.failing, before.standing.controls.failing) },
  };
}

function causesBetween(before: JudgedStanding, now: JudgedStanding): readonly Because[] {
  const known = new Set(before.standing.waivers.expired.map(placeOf));
  const expired = now.standing.waivers.expired.filter((waiver) => !known.has(placeOf(waiver)));
  const causes: readonly Because[] = [
    ...expired.map(({ path, line, expires }): Because => ({ kind: "waiver", path, line, expires })),
    ...(before.commit === now.commit ? [] : [{ kind: "commits", from: before.commit, to: now.commit } as const]),
    // A waiver that expired gives the rules another digest, at the same commit.
    ...(before.policies === now.policies || before.rules === now.rules
      ? []
      : [{ kind: "rules", from: before.rules, to: now.rules } as const]),
  ];
  return causes.length === 0 ? [{ kind: "time" }] : causes;
}

function placeOf({ path, line, expires }: Standing["waivers"]["expired"][number]): string {
  return JSON.stringify([path, line, expires]);
}

/** Whether anything of a standing needs somebody: it fails, was not judged, or ends soon. */
export function needsSomebody({ policies, controls, waivers, ending, unjudged }: Standing): boolean {
  const failing = Object.keys(policies).length + Object.keys(controls.failing).length;
  return failing + waivers.expired.length + waivers.expiring.length + ending.length + unjudged.problems > 0;
}
