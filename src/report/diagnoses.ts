import picocolors from "picocolors";
import type { Diagnosis, DiagnosisGroup } from "../model/diagnosis.ts";
import { inert } from "./inert-text.ts";
import { printJson } from "./print-json.ts";
import { count } from "./wording.ts";

const STATES = ["ok", "warning", "failure", "unknown"] as const;
const LABELS = { ok: "ok", warning: "warning", failure: "failure", unknown: "unknown" } as const;
const WIDTH = Math.max(...Object.values(LABELS).map(({ length }) => length));

/** How diagnoses are printed: the width of the terminal, if there is one. */
export interface DiagnosesOptions {
  readonly colour: boolean;
  readonly columns?: number;
}

/** A group of diagnoses for people: a heading, and a line or two for each. */
export function prettyDiagnoses(group: DiagnosisGroup, { colour, columns }: DiagnosesOptions): string {
  const paint = picocolors.createColors(colour);
  const colours = { ok: paint.green, warning: paint.yellow, failure: paint.red, unknown: paint.cyan };
  const indent = " ".repeat(WIDTH + 4);
  const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(40, columns) - indent.length;
  const lines = group.diagnoses.flatMap(({ state, found, next }) => {
    const label = LABELS[state].padEnd(WIDTH);
    const [first = "", ...more] = folded(inert(found), room);
    return [
      `  ${colours[state](state === "failure" ? paint.bold(label) : label)}  ${first}`,
      ...more.map((line) => indent + line),
      ...(next === undefined ? [] : folded(inert(next), room - 2)).map(
        (line, index) => `${indent}${paint.dim(index === 0 ? "→" : " ")} ${line}`,
      ),
    ];
  });
  return `${[paint.bold(inert(group.title)), ...lines].join("\n")}\n`;
}

/** `2 failures, 1 warning, 41 ok` on a line, what was not found left out. */
export function diagnosesSummary(groups: readonly DiagnosisGroup[], { colour }: DiagnosesOptions): string {
  const paint = picocolors.createColors(colour);
  const counts = countStates(groups);
  const parts = [
    counts.failure > 0 ? paint.bold(paint.red(count(counts.failure, "failure"))) : "",
    counts.warning > 0 ? paint.yellow(count(counts.warning, "warning")) : "",
    counts.unknown > 0 ? paint.cyan(`${counts.unknown} unknown`) : "",
    paint.green(`${counts.ok} ok`),
  ];
  return `${parts.filter((part) => part !== "").join(", ")}\n`;
}

/** All diagnoses as JSON, in the order in which they were made. */
export function jsonDiagnoses(groups: readonly DiagnosisGroup[]): string {
  const counts = countStates(groups);
  return `${printJson({
    version: 1,
    counts,
    diagnoses: groups.flatMap(({ area, repository, diagnoses }) =>
      diagnoses.map(({ code, state, found, next }) => ({
        area,
        ...(repository === undefined ? {} : { repository }),
        code,
        state,
        found,
        ...(next === undefined ? {} : { next }),
      })),
    ),
  })}\n`;
}

function countStates(groups: readonly DiagnosisGroup[]): { readonly [state in Diagnosis["state"]]: number } {
  const all = groups.flatMap(({ diagnoses }) => diagnoses);
  const counted = STATES.map((state) => [state, all.filter((one) => one.state === state).length] as const);
  return Object.fromEntries(counted) as { [state in Diagnosis["state"]]: number };
}

/** The text in lines of at most `room` characters, broken between words; a longer word keeps its line. */
function folded(text: string, room: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
