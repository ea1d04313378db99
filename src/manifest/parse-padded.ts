import { EVENT_ID, YAMLException, parseEvents, type Event } from "js-yaml";

const TOO_FAR_LEFT = "deficient indentation";
const MAX_LINES = 300;
const MAX_WORK = 30_000_000;

/** Spaces put before a line, by the offset of that line in the text given. */
type Padding = Map<number, number>;

/** Why a text did not parse, with the offset in the text given. */
export interface Unparsed {
  readonly kind: "unparsed";
  readonly offset: number;
  readonly reason: string;
}

/**
 * js-yaml's events, also where lines within quotes, `[]` or `{}` are indented less than YAML 1.2 asks for. Kubernetes does
 * not look at the indentation of such lines, and it is no part of any value: they are parsed with spaces put before them,
 * and the events are moved back to the text given.
 */
export function parsePadded(text: string, maxDepth: number): Event[] | Unparsed {
  const padding: Padding = new Map();
  let padded = text;
  for (;;) {
    try {
      const events = parseEvents(padded, { maxDepth });
      return padding.size === 0 ? events : events.map((event) => moveBack(event, padding));
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const offset = original(error.mark?.position ?? 0, padding);
      const line = text.lastIndexOf("\n", offset - 1) + 1;
      // With tabs js-yaml gives the same reason for lines of blocks, whose indentation does matter.
      const paddable = error.reason === TOO_FAR_LEFT && !text.includes("\t");
      const spent = padding.size >= MAX_LINES || padding.size * text.length > MAX_WORK;
      if (!paddable || padding.has(line) || spent) {
        return { kind: "unparsed", offset, reason: error.reason };
      }
      padding.set(line, widestIndent(text) + 1);
      padded = pad(text, padding);
    }
  }
}

function widestIndent(text: string): number {
  let widest = 0;
  for (const [spaces] of text.matchAll(/^ +/gm)) widest = Math.max(widest, spaces.length);
  return widest;
}

function pad(text: string, padding: Padding): string {
  let padded = "";
  let from = 0;
  for (const [line, spaces] of inOrder(padding)) {
    padded += text.slice(from, line) + " ".repeat(spaces);
    from = line;
  }
  return padded + text.slice(from);
}

function inOrder(padding: Padding): readonly (readonly [number, number])[] {
  return [...padding].sort(([left], [right]) => left - right);
}

function original(offset: number, padding: Padding): number {
  let shift = 0;
  for (const [line, spaces] of inOrder(padding)) {
    if (offset < line + shift) break;
    if (offset < line + shift + spaces) return line;
    shift += spaces;
  }
  return offset - shift;
}

function moveBack(event: Event, padding: Padding): Event {
  const back = (offset: number): number => (offset === -1 ? -1 : original(offset, padding));
  switch (event.type) {
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      return event;
    case EVENT_ID.ALIAS:
      return { ...event, anchorStart: back(event.anchorStart), anchorEnd: back(event.anchorEnd) };
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return { ...event, start: back(event.start), ...properties(event, back) };
    case EVENT_ID.SCALAR:
      return {
        ...event,
        valueStart: back(event.valueStart),
        valueEnd: back(event.valueEnd),
        ...properties(event, back),
      };
  }
}

interface Properties {
  readonly anchorStart: number;
  readonly anchorEnd: number;
  readonly tagStart: number;
  readonly tagEnd: number;
}

function properties(event: Properties, back: (offset: number) => number): Properties {
  return {
    anchorStart: back(event.anchorStart),
    anchorEnd: back(event.anchorEnd),
    tagStart: back(event.tagStart),
    tagEnd: back(event.tagEnd),
  };
}
