// What people do in one day, made from a seed: the same seed gives the same day.
import { deployment } from "../../test/support/fleet.ts";

/** Something that happens at a minute of the day. */
export type Happening = { readonly minute: number; readonly repository: number } & (
  | { readonly kind: "open"; readonly change: number; readonly bad: boolean }
  | { readonly kind: "push"; readonly change: number; readonly bad: boolean }
  | { readonly kind: "merge" | "close" | "recheck" | "bot command" | "draft and ready"; readonly change: number }
);

const MINUTES_A_DAY = 24 * 60;
/** People work from six to twenty o'clock; a tenth of the changes comes from bots at night. */
const [START_OF_WORK, END_OF_WORK] = [6 * 60, 20 * 60];

/** A small random number generator (mulberry32), from 0 to below 1. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The happenings of a day in order: `changes` pull requests in each repository, pushed to, merged or closed. */
export function dayOf(repositories: number, changes: number, random: () => number): readonly Happening[] {
  const day: Happening[] = [];
  for (let repository = 0; repository < repositories; repository++) {
    for (let change = 0; change < changes; change++) {
      const atNight = random() < 0.1;
      const opened = atNight ? random() * START_OF_WORK : START_OF_WORK + random() * (END_OF_WORK - START_OF_WORK);
      const bad = random() < 0.3;
      const happen = (after: number, rest: Omit<Extract<Happening, { kind: "push" }>, "minute"> | object): number => {
        const minute = opened + after;
        if (minute < MINUTES_A_DAY) day.push({ minute, repository, change, ...rest } as Happening);
        return minute;
      };
      happen(0, { kind: "open", bad });
      let minutes = 5 + random() * 60;
      if (random() < 0.2) happen(minutes, { kind: "push", bad });
      if (random() < 0.05) happen(minutes + 1, { kind: "recheck" });
      if (random() < 0.05) happen(minutes + 2, { kind: "bot command" });
      if (random() < 0.05) happen(minutes + 3, { kind: "draft and ready" });
      minutes += 10 + random() * 90;
      if (bad) happen(minutes, { kind: "push", bad: false });
      minutes += 30 + random() * 240;
      const end = random();
      if (end < 0.8) happen(minutes, { kind: "merge" });
      else if (end < 0.9) happen(minutes, { kind: "close" });
    }
  }
  return day.toSorted((a, b) => a.minute - b.minute);
}

/** The file that a change touches, with what it says after `pushes` pushes. */
export function fileOf(change: number, pushes: number, bad: boolean): { readonly [path: string]: string } {
  const name = `a${change}`;
  return { [`apps/${name}.yaml`]: deployment(bad ? "nginx:latest" : `nginx:1.${28 + pushes}`, name) };
}
