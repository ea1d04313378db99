import { EVENT_ID, SCALAR_STYLE, getScalarValue, type Event, type ScalarEvent } from "js-yaml";
import { parsePadded } from "./parse-padded.ts";
import { ReadingError } from "./reading-error.ts";

const NO_RANGE = -1;

/**
 * js-yaml's events for one document, or none for an empty one. Throws ReadingError for text that is not YAML, and for what
 * Kubernetes would not read to its end.
 */
export function documentEvents(text: string, depth: number): readonly Event[] {
  // js-yaml does not see the indentation of the first line, so that such a marker would count.
  if (/^[ \t]+(?:---|\.\.\.|%)/.test(text)) {
    throw new ReadingError(0, "The first line is an indented document marker; expected it at the start of the line.");
  }
  // The splitter of Kubernetes ends every document with a line feed.
  const events = parsePadded(text.endsWith("\n") ? text : `${text}\n`, depth);
  if ("kind" in events) throw new ReadingError(events.offset, explain(events.reason, depth));
  const root = events[0];
  if (root?.type !== EVENT_ID.DOCUMENT) return events;
  if (root.directives.length > 0) {
    throw new ReadingError(0, "Kubernetes refuses YAML directives (lines that start with %); expected none.");
  }
  // After a separator that starts the file, Kubernetes takes such a line for the end of an empty document.
  const first = eventStart(events[1] ?? root);
  if (/^\.\.\.(?:\s|$)/m.test(text.slice(0, first))) {
    throw new ReadingError(first, "Kubernetes may drop what follows `...`; separate documents with `---`.");
  }
  if (root.explicitEnd) {
    const second = events.findIndex((event, index) => index > 0 && event.type === EVENT_ID.DOCUMENT);
    if (second !== -1) {
      const at = eventStart(events[second + 1] ?? root);
      throw new ReadingError(at, "Kubernetes drops what follows `...`; separate documents with `---`.");
    }
  }
  return events;
}

function explain(reason: string, depth: number): string {
  if (reason.startsWith("nesting exceeded")) return `The document nests deeper than ${depth} levels.`;
  return `This is not valid YAML: ${reason}.`;
}

/** Offset at which a node's own text starts, quotes and block indicators included, tags and anchors not. */
export function eventStart(event: Event): number {
  switch (event.type) {
    case EVENT_ID.SCALAR:
      if (event.valueStart === NO_RANGE) return Math.max(event.tagEnd, event.anchorEnd, 0);
      return isQuoted(event) ? event.valueStart - 1 : event.valueStart;
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start;
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return 0;
  }
}

/** Whether a scalar is in single or double quotes. */
export function isQuoted(event: ScalarEvent): boolean {
  return event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
}

/** The characters of a scalar, unescaped and unfolded. */
export function scalarText(text: string, event: ScalarEvent): string {
  if (event.fast) return text.slice(event.valueStart, event.valueEnd);
  return getScalarValue(text, event);
}
