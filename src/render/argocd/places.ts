import { decodeText } from "../../manifest/decode-text.ts";
import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { createLocator, type Locator } from "../../manifest/locate.ts";
import type { Pointer } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { GitOpsObject, TreeView } from "../gitops.ts";

/** The lines of one GitOps object's fields. */
export interface Places {
  /** The file that holds the object's text. */
  readonly path: string;
  /** The line of the value at a pointer, or of the deepest value on the way to it. */
  line(pointer: Pointer): number;
  problem(pointer: Pointer, message: string): Problem;
}

/** Finds lines in the file that an object was read from. Where that file is not YAML (a chart's template), every line is the object's own. */
export async function placesOf({ manifest }: GitOpsObject, tree: TreeView): Promise<Places> {
  const { path, document, line, pointer: base } = manifest.position;
  const bytes = (await tree.read(path)) ?? new Uint8Array();
  const lineOf = (pointer: Pointer): number => {
    // Most objects need no other line, so the file is parsed for places only on demand.
    if (pointer === "") return line;
    const found = locatorIn(bytes, document)?.locateDeepest(base + pointer);
    // The text of a rendered object may lack the value at the pointer.
    return found === undefined || found.pointer.length < base.length ? line : found.place.line;
  };
  return {
    path,
    line: lineOf,
    problem: (pointer, message) => ({ stage: "render", path, line: lineOf(pointer), message }),
  };
}

/** By the bytes of a file, which a view of a tree hands out again and again. */
const locators = new WeakMap<Uint8Array, Map<number, Locator | undefined>>();

function locatorIn(bytes: Uint8Array, document: number): Locator | undefined {
  const known = locators.get(bytes) ?? new Map<number, Locator | undefined>();
  locators.set(bytes, known);
  if (!known.has(document)) known.set(document, createLocator(textOf(bytes), document));
  return known.get(document);
}

function textOf(bytes: Uint8Array): string {
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  return decoded.kind === "text" ? decoded.text : "";
}
