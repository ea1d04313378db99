import type { Json } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import type { Budget } from "./budget.ts";
import { composeDocument } from "./compose.ts";
import { DuplicateKeyError } from "./duplicate-key.ts";
import { quickDocument } from "./quick-document.ts";
import { ReadingError } from "./reading-error.ts";
import type { DocumentText } from "./split-documents.ts";
import { documentEvents, eventStart } from "./yaml-events.ts";

/** The value of one document, or why it cannot be read. */
export type DocumentReading =
  | { readonly kind: "value"; readonly value: Json; /** 1-based line in the file. */ readonly line: number }
  | { readonly kind: "empty" }
  | { readonly kind: "problem"; readonly problem: Problem };

/**
 * Reads one document as Kubernetes does; `path` is named in problems. A key that appears twice is one, but where `onRepeated`
 * is given: then the last value counts.
 */
export function readDocument(
  path: string,
  document: DocumentText,
  budget: Budget,
  onRepeated?: (key: string) => void,
): DocumentReading {
  const { text } = document;
  if (text.length > budget.documentLength) {
    const message = `The document has ${text.length} characters; at most ${budget.documentLength} are read.`;
    return { kind: "problem", problem: { stage: "parse", path, line: document.line, message } };
  }
  const quick = quickDocument(text, budget.depth);
  if (quick !== undefined) {
    return { kind: "value", value: quick.value, line: document.line + linesBefore(text, quick.offset) };
  }
  return readFully(path, document, budget, onRepeated);
}

/** Reads one document without the quick reader; the result is the same, but slower. */
export function readFully(
  path: string,
  document: DocumentText,
  budget: Budget,
  onRepeated?: (key: string) => void,
): DocumentReading {
  const { text } = document;
  try {
    const events = documentEvents(text, budget.depth);
    const root = events[1];
    const value = composeDocument(text, events, budget, onRepeated);
    if (value === null || root === undefined) return { kind: "empty" };
    return { kind: "value", value, line: document.line + linesBefore(text, eventStart(root)) };
  } catch (error) {
    if (error instanceof ReadingError) return { kind: "problem", problem: toProblem(path, document, error) };
    throw error;
  }
}

function toProblem(path: string, document: DocumentText, error: ReadingError): Problem {
  const { text, line } = document;
  const at = Math.min(error.offset, text.length);
  const before = text.lastIndexOf("\n", at - 1);
  const message =
    error instanceof DuplicateKeyError
      ? `${error.message.slice(0, -1)}: first on line ${line + linesBefore(text, error.firstOffset)}, again on line ${line + linesBefore(text, at)}. Kubernetes would use the last one; keep only one.`
      : error.message + templateHint(text);
  const place = { line: line + linesBefore(text, at), column: at - (at === 0 ? -1 : before) };
  return { stage: "parse", path, ...place, message };
}

function templateHint(text: string): string {
  if (!hasAction(text)) return "";
  return " The text contains `{{ … }}`: it looks like a template that must be rendered before Kubernetes can read it.";
}

// Not by a pattern: one that looks for the end of each `{{` takes hours on a line of a million of them.
function hasAction(text: string): boolean {
  const last = text.lastIndexOf("}}");
  for (let at = text.indexOf("{{"); at !== -1 && at < last;) {
    const lineEnd = text.indexOf("\n", at);
    const end = text.indexOf("}}", at + 2);
    if (lineEnd === -1 || end < lineEnd) return end !== -1;
    at = text.indexOf("{{", lineEnd);
  }
  return false;
}

function linesBefore(text: string, offset: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}
