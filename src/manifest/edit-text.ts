import type { Json } from "../model/json.ts";
import { DEFAULT_BUDGET } from "./budget.ts";
import { editJson, type Edit } from "./edit-json.ts";
import { readDocument } from "./read-document.ts";
import { ReadingError } from "./reading-error.ts";
import { sameJson } from "./same-json.ts";
import { splitDocuments, type DocumentText } from "./split-documents.ts";
import { spliceYaml } from "./splice-yaml.ts";

/** A text with edits made, or why they cannot be made without rewriting more than they change. */
export type EditedText =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string };

/**
 * Makes edits in one document (0-based) of a YAML or JSON file. Only the lines of the edited values change: comments, layout and
 * all other values stay, which is checked by reading the result. Anything that cannot be edited so is refused. New
 * lines follow the line `after` (1-based, of the file) where that is possible, and else stand at the end of their mapping.
 */
export function editText(text: string, document: number, edits: readonly Edit[], after?: number): EditedText {
  let edited = text;
  try {
    for (const edit of edits) {
      const part = documentOf(edited, document);
      const before = part === undefined ? undefined : valueOf(part);
      if (part === undefined || before === undefined) return refused("the document cannot be read");
      const wanted = editJson(before, edit);
      if (wanted === undefined) return refused(`the document has no place for ${edit.pointer}`);
      if (sameJson(wanted, before)) continue;
      const near = after === undefined ? undefined : after - part.line;
      const splice = spliceYaml(part.text, edit, near);
      if (typeof splice === "string") return refused(splice);
      const written = part.text.slice(0, splice.start) + splice.text + part.text.slice(splice.end);
      edited = edited.slice(0, part.offset) + written + edited.slice(part.offset + part.text.length);
      const now = documentOf(edited, document);
      const value = now === undefined ? undefined : valueOf(now);
      if (value === undefined || !sameJson(value, wanted))
        return refused("the text at the place cannot be edited without changing other values");
    }
  } catch (error) {
    if (error instanceof ReadingError) return refused("the document cannot be read");
    throw error;
  }
  if (countOf(edited) !== countOf(text)) return refused("the edit would split the document");
  return { kind: "edited", text: edited };
}

function refused(reason: string): EditedText {
  return { kind: "refused", reason };
}

function documentOf(text: string, index: number): DocumentText | undefined {
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator") return undefined;
    if (part.index === index) return part;
  }
  return undefined;
}

function valueOf(part: DocumentText): Json | undefined {
  const reading = readDocument("", part, DEFAULT_BUDGET);
  return reading.kind === "value" ? reading.value : undefined;
}

function countOf(text: string): number {
  return [...splitDocuments(text)].length;
}
