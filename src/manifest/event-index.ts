import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, type Event } from "js-yaml";
import { eventStart, isQuoted } from "./yaml-events.ts";

/** One document's events with what is needed to jump between them. */
export interface EventIndex {
  readonly text: string;
  readonly events: readonly Event[];
  /** For each event that starts a node, the number of the event after the node. */
  readonly after: Int32Array;
  /** For each POP, the number of the event it closes. */
  readonly opened: Int32Array;
  /** The items of each list that was walked. */
  readonly items: Map<number, readonly number[]>;
}

export function indexEvents(text: string, events: readonly Event[]): EventIndex {
  const after = new Int32Array(events.length);
  const opened = new Int32Array(events.length);
  const open: number[] = [];
  events.forEach((event, at) => {
    if (event.type === EVENT_ID.POP) {
      const opener = open.pop() ?? 0;
      opened[at] = opener;
      after[opener] = at + 1;
    } else if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) after[at] = at + 1;
    else open.push(at);
  });
  return { text, events, after, opened, items: new Map() };
}

/** The numbers of the events of a list's items. */
export function itemsOf(index: EventIndex, list: number): readonly number[] {
  const known = index.items.get(list);
  if (known !== undefined) return known;
  const items: number[] = [];
  for (let at = list + 1; isNode(index, at); at = index.after[at] ?? at + 1) items.push(at);
  index.items.set(list, items);
  return items;
}

/** Whether a node starts at an event. */
export function isNode(index: EventIndex, at: number): boolean {
  const event = index.events[at];
  return event !== undefined && event.type !== EVENT_ID.POP;
}

/** Offset at which a node starts, its anchor and tag included. */
export function nodeStart(text: string, event: Event): number {
  let start = blockHeader(text, event) ?? eventStart(event);
  if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
    if (event.anchorStart !== -1) start = Math.min(start, event.anchorStart - 1);
    if (event.tagStart !== -1) start = Math.min(start, event.tagStart);
  }
  return start;
}

// The event of a block scalar starts at its text, on the line after `|` or `>`.
function blockHeader(text: string, event: Event): number | undefined {
  if (event.type !== EVENT_ID.SCALAR || event.style === SCALAR_STYLE.PLAIN || isQuoted(event)) return undefined;
  const line = text.lastIndexOf("\n", event.valueStart - 2) + 1;
  const header = /[|>][-+0-9]*(?:[ \t]+#.*)?[ \t]*\r?\n?$/.exec(text.slice(line, event.valueStart));
  return header === null ? undefined : line + header.index;
}

/** Offset just after the last character of the node that starts at event `at`; trailing empty lines do not count. */
export function nodeEnd(index: EventIndex, at: number): number {
  const limit = index.after[at] ?? index.events.length;
  let last = limit - 1;
  while (last > at && index.events[last]?.type === EVENT_ID.POP) last--;
  let end = leafEnd(index, last);
  for (let pop = last + 1; pop < limit; pop++) end = closingEnd(index, pop, end);
  return end;
}

function leafEnd(index: EventIndex, at: number): number {
  const event = index.events[at];
  if (event === undefined) return 0;
  if (event.type === EVENT_ID.ALIAS) return event.anchorEnd;
  if (event.type === EVENT_ID.DOCUMENT) return 0;
  if (event.type !== EVENT_ID.SCALAR) return eventStart(event) + 1;
  if (event.valueStart === -1) {
    const own = Math.max(event.tagEnd, event.anchorEnd);
    return own === -1 ? previousEnd(index, at) : own;
  }
  if (isQuoted(event)) return event.valueEnd + 1;
  if (event.style === SCALAR_STYLE.PLAIN) return event.valueEnd;
  const trimmed = index.text.slice(event.valueStart, event.valueEnd).trimEnd().length;
  return trimmed === 0 ? Math.max(event.valueStart - 1, 0) : event.valueStart + trimmed;
}

function previousEnd(index: EventIndex, at: number): number {
  let previous = at - 1;
  let end = 0;
  while (previous > 0 && index.events[previous]?.type === EVENT_ID.POP) previous--;
  if (previous > 0) end = leafEnd(index, previous);
  for (let pop = previous + 1; pop < at; pop++) end = closingEnd(index, pop, end);
  return end;
}

// Events do not say where a flow collection closes: its bracket is the next one that is not in a comment.
function closingEnd(index: EventIndex, pop: number, from: number): number {
  const opener = index.events[index.opened[pop] ?? 0];
  if (opener === undefined || !("style" in opener) || opener.type === EVENT_ID.SCALAR) return from;
  if (opener.style !== COLLECTION_STYLE.FLOW) return from;
  const start = index.text.charAt(opener.start);
  // A pair within [] is a mapping of its own without brackets.
  if (start !== "{" && start !== "[") return from;
  if (opener.type === EVENT_ID.MAPPING && start === "[") return from;
  const closing = /(?:[^\]}#]|#.*)*[\]}]/y;
  closing.lastIndex = from;
  const found = closing.exec(index.text);
  return found === null ? from : from + found[0].length;
}
