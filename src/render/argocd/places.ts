import { decodeText } from "../../manifest/decode-text.ts";
import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { locateDeepest } from "../../manifest/locate.ts";
import type { Pointer } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { GitOpsObject, TreeView } from "../gitops.ts";

/** Lines of one GitOps object's text. */
export interface Places {
  /** The file that holds the object's text. */
  readonly path: string;
  /** The line of the value at a pointer, or of the deepest value on the way to it. */
  line(pointer: Pointer): number;
  problem(pointer: Pointer, message: string): Problem;
}

/** Finds lines in the file that an object was read from; where that file is no YAML (a chart's template), every line is the object's. */
export async function placesOf({ manifest }: GitOpsObject, tree: TreeView): Promise<Places> {
  const { path, document, line, pointer: base } = manifest.position;
  const bytes = (await tree.read(path)) ?? new Uint8Array();
  let text: string | undefined;
  const lineOf = (pointer: Pointer): number => {
    // Most objects are asked for no other line, so that their file need not be parsed for places.
    if (pointer === "") return line;
    text ??= textOf(bytes);
    const found = locateDeepest(text, document, base + pointer);
    // Of a rendered object the text may lack what the pointer leads to, and with it all likeness to the object.
    return found === undefined || found.pointer.length < base.length ? line : found.place.line;
  };
  return {
    path,
    line: lineOf,
    problem: (pointer, message) => ({ stage: "render", path, line: lineOf(pointer), message }),
  };
}

function textOf(bytes: Uint8Array): string {
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  return decoded.kind === "text" ? decoded.text : "";
}
