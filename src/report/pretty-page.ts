import picocolors from "picocolors";
import { wrapped } from "./cells.ts";
import type { FormatOptions } from "./format.ts";

/** Lines that stand together, with an empty line around them. */
export type Block = readonly string[];

/** How a report is printed: in colours or without, wrapped to a terminal's width or not. */
export interface Page {
  readonly paint: ReturnType<typeof picocolors.createColors>;
  /** Absent: nothing is wrapped. */
  readonly columns?: number;
  /** Inert text as lines that fit; `indent` begins those after the first, `paint` colours each. */
  readonly lines: (text: string, indent: string, paint?: (line: string) => string) => readonly string[];
}

/** The page for a run's options. */
export function pageFor({ colour, columns }: Pick<FormatOptions, "colour" | "columns">): Page {
  return {
    paint: picocolors.createColors(colour),
    ...(columns === undefined ? {} : { columns }),
    lines: (text, indent, paint = String) => wrapped(text, columns, indent).map((line) => paint(line)),
  };
}
