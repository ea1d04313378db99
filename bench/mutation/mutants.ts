import { parse } from "@babel/parser";
import { type Edit, type Syntax, editsOf } from "./operators.ts";

/** One small fault: what stands between `start` and `end` of a built file becomes `replacement`. */
export interface Mutant extends Edit {
  /** The built file, absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Every mutant of a built module, in the order of its text. */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const mutants: Mutant[] = [];
  const visit = (node: Syntax, parents: readonly Syntax[]): void => {
    for (const edit of editsOf(node, parents, text)) {
      const before = text.slice(0, edit.start).split("\n");
      mutants.push({ ...edit, file, line: before.length, column: before.at(-1)?.length ?? 0 });
    }
    for (const child of children(node)) visit(child, [...parents, node]);
  };
  for (const child of children(parse(text, { sourceType: "module" }))) visit(child, []);
  return mutants.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function children(node: object): readonly Syntax[] {
  return Object.entries(node).flatMap(([key, value]) =>
    key === "loc" || key.endsWith("Comments") || key === "comments" || key === "extra"
      ? []
      : [value].flat().filter(isSyntax),
  );
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value && "start" in value && "end" in value;
}
