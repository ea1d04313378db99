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
  const decoded = decodeText((await tree.read(path)) ?? new Uint8Array(), DEFAULT_BUDGET);
  const text = decoded.kind === "text" ? decoded.text : undefined;
  const lineOf = (pointer: Pointer): number => {
    const found = text === undefined ? undefined : locateDeepest(text, document, base + pointer);
    // Of a rendered object the text may lack what the pointer leads to, and with it all likeness to the object.
    return found === undefined || found.pointer.length < base.length ? line : found.place.line;
  };
  return {
    path,
    line: lineOf,
    problem: (pointer, message) => ({ stage: "render", path, line: lineOf(pointer), message }),
  };
}
