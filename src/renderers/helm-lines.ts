import type { HelmLine } from "../model/renderer.ts";

/** Where the lines of documents come from, as the module answers: what they share is there once. */
export interface LineTables {
  /** For each document four numbers a line: template, line there, values, guards. -1: none. */
  readonly lines: readonly (readonly number[])[] | null;
  readonly templates: readonly string[] | null;
  readonly pointers: readonly (readonly string[])[] | null;
}

const numbersOfLine = 4;

/** The lines of each document; none, where nothing is known of it. */
export function readLines(tables: Partial<LineTables>): readonly (readonly (HelmLine | null)[])[] {
  const templates = tables.templates ?? [];
  const pointers = tables.pointers ?? [];
  return (tables.lines ?? []).map((numbers) =>
    Array.from({ length: numbers.length / numbersOfLine }, (_, at) => {
      const [template = -1, line = 0, values = -1, guards = -1] = numbers.slice(
        at * numbersOfLine,
        (at + 1) * numbersOfLine,
      );
      const path = templates[template];
      return path === undefined
        ? null
        : { template: path, line, ...named("values", values), ...named("guards", guards) };
    }),
  );

  function named(name: "values" | "guards", number: number): Partial<HelmLine> {
    const set = pointers[number];
    return set === undefined ? {} : { [name]: set };
  }
}
