import type { Glob } from "./glob.ts";

/** A step of a compiled glob; steps are named by their index. The last is where a text matches. */
type Step =
  | { readonly kind: "one"; readonly accepts: (character: string) => boolean }
  | { readonly kind: "jump"; readonly to: readonly number[] }
  | { readonly kind: "end" };

/** A glob compiled for matching whole texts. */
export interface Program {
  readonly matches: (text: string) => boolean;
  /** How many steps of the program matching a text visits: at most their number for each of its characters. */
  readonly visits: (text: string) => number;
  readonly size: number;
}

/**
 * Compiles a glob to a program that keeps every step it may be at and takes them on together, so that no pattern makes it
 * go back: patterns come from the tree that is judged.
 */
export function compileProgram(glob: Glob): Program {
  const steps: Step[] = [];
  emit(glob, steps);
  steps.push({ kind: "end" });
  const [head, tail] = [fixedText(glob, "start"), fixedText(glob, "end")];
  const whole = head.whole ? head.text : undefined;
  return {
    matches: (text) => {
      if (whole !== undefined) return text === whole;
      return text.startsWith(head.text) && text.endsWith(tail.text) && run(steps, text).matches;
    },
    visits: (text) => run(steps, text).visits,
    size: steps.length,
  };
}

function emit(glob: Glob, steps: Step[]): void {
  switch (glob.kind) {
    case "literal":
      steps.push({ kind: "one", accepts: (character) => character === glob.character });
      return;
    case "one":
      steps.push(glob);
      return;
    case "sequence":
      for (const part of glob.parts) emit(part, steps);
      return;
    case "many": {
      const start = steps.length;
      steps.push({ kind: "jump", to: [] });
      emit(glob.of, steps);
      steps.push({ kind: "jump", to: [start] });
      steps[start] = { kind: "jump", to: [start + 1, steps.length] };
      return;
    }
    case "either": {
      const fork = steps.length;
      steps.push({ kind: "jump", to: [] });
      const starts: number[] = [];
      const ends: number[] = [];
      for (const choice of glob.choices) {
        starts.push(steps.length);
        emit(choice, steps);
        ends.push(steps.length);
        steps.push({ kind: "jump", to: [] });
      }
      steps[fork] = { kind: "jump", to: starts };
      for (const end of ends) steps[end] = { kind: "jump", to: [steps.length] };
    }
  }
}

function run(steps: readonly Step[], text: string): { readonly matches: boolean; readonly visits: number } {
  let visits = 0;
  // For each step, the position at which it was last reached: it is taken once a position.
  const reachedAt = new Int32Array(steps.length).fill(-1);
  let position = 0;
  const reach = (first: number, waiting: number[]): void => {
    const todo = [first];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (reachedAt[at] === position) continue;
      reachedAt[at] = position;
      visits += 1;
      const step = steps[at];
      if (step?.kind !== "jump") waiting.push(at);
      else for (const to of step.to) todo.push(to);
    }
  };
  let waiting: number[] = [];
  reach(0, waiting);
  for (const character of text) {
    position += 1;
    const next: number[] = [];
    for (const at of waiting) {
      const step = steps[at];
      if (step?.kind === "one" && step.accepts(character)) reach(at + 1, next);
    }
    if (next.length === 0) return { matches: false, visits };
    waiting = next;
  }
  return { matches: waiting.includes(steps.length - 1), visits };
}

/** The characters that every match starts or ends with; `whole` where they are all that matches. */
function fixedText(glob: Glob, side: "start" | "end"): { readonly text: string; readonly whole: boolean } {
  if (glob.kind === "literal") return { text: glob.character, whole: true };
  if (glob.kind !== "sequence") return { text: "", whole: false };
  let text = "";
  for (const part of side === "start" ? glob.parts : glob.parts.toReversed()) {
    const inner = fixedText(part, side);
    text = side === "start" ? text + inner.text : inner.text + text;
    if (!inner.whole) return { text, whole: false };
  }
  return { text, whole: true };
}
