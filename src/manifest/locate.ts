import { EVENT_ID, type Event } from "js-yaml";
import type { Pointer } from "../model/json.ts";
import type { Place } from "../model/manifest.ts";
import { DEFAULT_BUDGET } from "./budget.ts";
import { indexEvents, isNode, itemsOf, nodeEnd, nodeStart, type EventIndex } from "./event-index.ts";
import { quickPlaces } from "./quick-document.ts";
import { NOWHERE, type QuickPlace } from "./quick-scalar.ts";
import { ReadingError } from "./reading-error.ts";
import { splitDocuments, type DocumentText } from "./split-documents.ts";
import { isMergeKey, keyOf } from "./walk-events.ts";
import { documentEvents } from "./yaml-events.ts";
import { keysOf, pointerOf } from "./pointer.ts";

/** Finds places in one document. Making one parses the document; keep it for many pointers. */
export interface Locator {
  /** The place of the value at a pointer: from its key on, or from the item's first line; undefined where there is no such value. */
  locate(pointer: Pointer): Place | undefined;
  /** The place of the deepest value on the way to a pointer, and the pointer of that value. */
  locateDeepest(pointer: Pointer): LocatedPointer;
}

/** A place and the pointer of the value that stands there. */
export interface LocatedPointer {
  readonly place: Place;
  readonly pointer: Pointer;
}

/** Makes a locator for a document of a file, by index; undefined where the document does not exist or cannot be read. */
export function createLocator(text: string, document: number): Locator | undefined {
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator") return undefined;
    if (part.index === document) return locatorOf(part);
  }
  return undefined;
}

/** The place of the value at a pointer; see Locator. The last parsed document is cached. */
export function locate(text: string, document: number, pointer: Pointer): Place | undefined {
  return cached(text, document)?.locate(pointer);
}

/** The place of the deepest value that exists on the way to a pointer; see Locator. */
export function locateDeepest(text: string, document: number, pointer: Pointer): LocatedPointer | undefined {
  return cached(text, document)?.locateDeepest(pointer);
}

let last: { readonly text: string; readonly document: number; readonly locator: Locator | undefined } | undefined;

// Findings come document by document, so one entry is enough.
function cached(text: string, document: number): Locator | undefined {
  if (last?.document !== document || last.text !== text) {
    last = { text, document, locator: createLocator(text, document) };
  }
  return last.locator;
}

/** Makes a locator for a document from `splitDocuments`; undefined where it cannot be read. */
export function locatorOf(document: DocumentText): Locator | undefined {
  const root = quickPlaces(document.text, DEFAULT_BUDGET.depth);
  if (root === undefined) return eventLocatorOf(document);
  const lines = lineStarts(document.text);
  let events: Locator | undefined;
  const walk = (pointer: Pointer): { place: QuickPlace; keys: readonly string[]; taken: number } | undefined => {
    const keys = keysOf(pointer);
    let place = root;
    let taken = 0;
    for (const key of keys) {
      if (place.inner === "flow") return undefined;
      const next = quickEnter(place.inner, key);
      if (next === undefined) break;
      place = next;
      taken++;
    }
    return place.start === NOWHERE ? undefined : { place, keys, taken };
  };
  const placeOf = ({ start, end }: QuickPlace): Place => placeBetween(document, lines, start, Math.max(start, end));
  const full = (): Locator | undefined => (events ??= eventLocatorOf(document));
  return {
    locate: (pointer) => {
      const found = walk(pointer);
      if (found === undefined) return full()?.locate(pointer);
      return found.taken === found.keys.length ? placeOf(found.place) : undefined;
    },
    locateDeepest: (pointer) => {
      const found = walk(pointer);
      if (found === undefined) return full()?.locateDeepest(pointer) ?? { place: placeOf(root), pointer: "" };
      return { place: placeOf(found.place), pointer: pointerOf(found.keys.slice(0, found.taken)) };
    },
  };
}

function quickEnter(inner: QuickPlace["inner"], token: string): QuickPlace | undefined {
  if (inner === undefined || inner === "flow") return undefined;
  if (inner instanceof Map) return inner.get(token);
  return isIndex(token) ? (inner as readonly QuickPlace[])[Number(token)] : undefined;
}

/** Makes a locator that reads the document's events, for any document. */
export function eventLocatorOf(document: DocumentText): Locator | undefined {
  let events: readonly Event[];
  try {
    events = documentEvents(document.text, DEFAULT_BUDGET.depth);
  } catch (error) {
    if (error instanceof ReadingError) return undefined;
    throw error;
  }
  if (events.length === 0) return undefined;
  const index = indexEvents(document.text, events);
  const lines = lineStarts(document.text);
  const placeOf = (step: Step): Place =>
    placeBetween(document, lines, step.start, Math.max(step.start, nodeEnd(index, step.node) - 1));
  const walk = (pointer: Pointer): { step: Step; keys: readonly string[]; taken: number } => {
    const keys = keysOf(pointer);
    let step: Step = { node: 1, start: nodeStart(index.text, index.events[1] as Event) };
    let taken = 0;
    for (const key of keys) {
      const next = enter(index, step.node, key);
      if (next === undefined) break;
      step = next;
      taken++;
    }
    return { step, keys, taken };
  };
  return {
    locate: (pointer) => {
      const { step, keys, taken } = walk(pointer);
      return taken === keys.length ? placeOf(step) : undefined;
    },
    locateDeepest: (pointer) => {
      const { step, keys, taken } = walk(pointer);
      return { place: placeOf(step), pointer: pointerOf(keys.slice(0, taken)) };
    },
  };
}

function placeBetween(document: DocumentText, lines: readonly number[], start: number, end: number): Place {
  const line = lineOf(lines, start);
  return {
    line: document.line + line,
    column: start - (lines[line] ?? 0) + 1,
    endLine: document.line + lineOf(lines, end),
  };
}

function isIndex(token: string): boolean {
  return /^(?:0|[1-9][0-9]*)$/.test(token);
}

/** The event of a value, and the offset of the value's key or list item. */
interface Step {
  readonly node: number;
  readonly start: number;
}

function enter(index: EventIndex, from: number, token: string): Step | undefined {
  const at = followAlias(index, from);
  const event = at === undefined ? undefined : index.events[at];
  if (at === undefined || event === undefined) return undefined;
  if (event.type === EVENT_ID.MAPPING) return enterMapping(index, at, token);
  if (event.type !== EVENT_ID.SEQUENCE || !isIndex(token)) return undefined;
  const child = itemsOf(index, at)[Number(token)];
  return child === undefined ? undefined : { node: child, start: nodeStart(index.text, index.events[child] as Event) };
}

function enterMapping(index: EventIndex, at: number, token: string): Step | undefined {
  let merge: number | undefined;
  for (let child = at + 1; isNode(index, child);) {
    const value = index.after[child] ?? child + 1;
    const event = index.events[followAlias(index, child) ?? child] as Event;
    if (event.type === EVENT_ID.SCALAR) {
      if (isMergeKey(index.text, index.events[child] as Event)) merge = value;
      else if (keyOf(index.text, event) === token)
        return { node: value, start: nodeStart(index.text, index.events[child] as Event) };
    }
    child = index.after[value] ?? value + 1;
  }
  return merge === undefined ? undefined : enterMerge(index, merge, token);
}

function enterMerge(index: EventIndex, at: number, token: string): Step | undefined {
  const source = followAlias(index, at);
  const event = source === undefined ? undefined : index.events[source];
  if (source === undefined || event === undefined) return undefined;
  if (event.type === EVENT_ID.MAPPING) return enterMapping(index, source, token);
  if (event.type !== EVENT_ID.SEQUENCE) return undefined;
  for (let child = source + 1; isNode(index, child); child = index.after[child] ?? child + 1) {
    const found = enterMerge(index, child, token);
    if (found !== undefined) return found;
  }
  return undefined;
}

function followAlias(index: EventIndex, at: number): number | undefined {
  const event = index.events[at];
  if (event?.type !== EVENT_ID.ALIAS) return at;
  const name = index.text.slice(event.anchorStart, event.anchorEnd);
  for (let before = at - 1; before > 0; before--) {
    const candidate = index.events[before];
    if (candidate === undefined || !("tagStart" in candidate) || candidate.anchorStart === -1) continue;
    if (index.text.slice(candidate.anchorStart, candidate.anchorEnd) === name) return before;
  }
  return undefined;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The 0-based line of an offset. */
function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
