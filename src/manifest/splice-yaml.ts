import { COLLECTION_STYLE, EVENT_ID, SCALAR_STYLE, type Event } from "js-yaml";
import type { Json } from "../model/json.ts";
import { DEFAULT_BUDGET } from "./budget.ts";
import { missingItems, type Edit } from "./edit-json.ts";
import { indexEvents, isNode, itemsOf, nodeEnd, nodeStart, type EventIndex } from "./event-index.ts";
import { isObject } from "./identity.ts";
import { isList } from "./member.ts";
import { keysOf } from "./pointer.ts";
import { keyOf } from "./walk-events.ts";
import { documentEvents, scalarText } from "./yaml-events.ts";
import { afterKey, entryLines, flowText, itemLines, jsonText, styleOf } from "./yaml-text.ts";

/** A piece of a text and what takes its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A key and its value, or the item of a list, by the numbers of their events. */
interface Entry {
  readonly key?: number;
  readonly value: number;
}

/** One document in the course of an edit. */
interface Editing {
  readonly index: EventIndex;
  readonly text: string;
  /** The line (0-based) after which new lines go where that is possible. */
  readonly near: number | undefined;
}

/**
 * The splice that makes an edit in the text of one YAML document, or the reason why there is none. Whoever applies it checks
 * that the values are those that the edit asks for. Throws ReadingError for what is not YAML.
 */
export function spliceYaml(text: string, edit: Edit, near?: number): Splice | string {
  const events = documentEvents(text, DEFAULT_BUDGET.depth);
  if (events.length < 2) return "the document is empty";
  const editing: Editing = { index: indexEvents(text, events), text, near };
  const keys = keysOf(edit.pointer);
  const way: Entry[] = [{ value: 1 }];
  for (const key of keys) {
    const next = enter(editing, (way.at(-1) as Entry).value, key);
    if (next === undefined) break;
    way.push(next);
  }
  if (way.some(({ value }) => events[value]?.type === EVENT_ID.ALIAS))
    return "the value is an alias (*): an edit would change the other places that use its anchor";
  const last = way.at(-1) as Entry;
  const rest = keys.slice(way.length - 1);
  switch (edit.kind) {
    case "set":
      return put(editing, last, rest, edit.value);
    case "add": {
      if (rest.length > 0) return put(editing, last, rest, edit.items);
      return events[last.value]?.type === EVENT_ID.SEQUENCE
        ? addItems(editing, last.value, edit.items)
        : put(editing, last, rest, edit.items);
    }
    case "remove":
      return way.length < 2 ? "the whole document would be removed" : removeEntry(editing, way.at(-2) as Entry, last);
    default:
      return edit satisfies never;
  }
}

function enter({ index }: Editing, at: number, key: string): Entry | undefined {
  const event = index.events[at];
  if (event?.type === EVENT_ID.SEQUENCE) {
    const value = /^\d+$/.test(key) ? itemsOf(index, at)[Number(key)] : undefined;
    return value === undefined ? undefined : { value };
  }
  if (event?.type !== EVENT_ID.MAPPING) return undefined;
  return entriesOf(index, at).find((entry) => keyOf(index.text, index.events[entry.key] as Event) === key);
}

function entriesOf(index: EventIndex, mapping: number): readonly (Entry & { readonly key: number })[] {
  const entries: { key: number; value: number }[] = [];
  for (let key = mapping + 1; isNode(index, key);) {
    const value = index.after[key] ?? key + 1;
    entries.push({ key, value });
    key = index.after[value] ?? value + 1;
  }
  return entries;
}

function put(editing: Editing, at: Entry, rest: readonly string[], value: Json): Splice | string {
  const { index } = editing;
  const event = index.events[at.value] as Event;
  const [key, ...deeper] = rest;
  if (key !== undefined && event.type === EVENT_ID.MAPPING) {
    const nested = nest(deeper, value);
    if (entriesOf(index, at.value).length === 0) return replace(editing, at, { [key]: nested });
    if (!isFlow(event)) return intoBlock(editing, at, key, nested);
    const write = flowWriter(editing, at.value);
    return intoFlow(editing, at.value, `${write(key)}: ${write(nested)}`);
  }
  if (event.type === EVENT_ID.SEQUENCE && key !== undefined) return "the list has no such item";
  return replace(editing, at, nest(rest, value));
}

function nest(keys: readonly string[], value: Json): Json {
  return keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}

function isFlow(event: Event): boolean {
  return "style" in event && event.type !== EVENT_ID.SCALAR && event.style === COLLECTION_STYLE.FLOW;
}

/** Replaces a value on one line, keeping the comment after it. */
function replace(editing: Editing, { key, value: at }: Entry, value: Json): Splice | string {
  const { index, text } = editing;
  const event = index.events[at] as Event;
  if ("anchorStart" in event && event.anchorStart !== -1) return "the value has an anchor (&)";
  if ("tagStart" in event && event.tagStart !== -1) return "the value has a tag (!)";
  const isBlock =
    event.type === EVENT_ID.SCALAR
      ? event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK
      : !isFlow(event);
  if (isBlock) return "the value is written over several lines";
  const isEmpty = event.type === EVENT_ID.SCALAR && event.valueStart === -1;
  if (isEmpty && key === undefined) return "the item is empty";
  const colon = key === undefined ? -1 : text.indexOf(":", nodeEnd(index, key)) + 1;
  const start = isEmpty ? colon : nodeStart(text, event);
  const end = isEmpty ? colon : nodeEnd(index, at);
  const isNested = (isList(value) && value.length > 0) || (isObject(value) && Object.keys(value).length > 0);
  if (!isNested || key === undefined || insideFlow(editing, at))
    return { start, end, text: `${isEmpty ? " " : ""}${/^\s*[{[]/.test(text) ? jsonText(value) : flowText(value)}` };
  const column = columnOf(text, nodeStart(text, index.events[key] as Event));
  const lines = afterKey(value, column, styleOf(text)).slice(1);
  const lineEnd = endOfLine(text, end);
  const comment = text.slice(end, lineEnd);
  if (!/^[ \t]*(?:#.*)?$/.test(comment)) return "other text follows the value on its line";
  const kept = comment.trim() === "" ? "" : ` ${comment.trimStart()}`;
  return { start: colon, end: lineEnd, text: [kept, ...lines].join(eol(text)) };
}

function insideFlow({ index }: Editing, at: number): boolean {
  return index.events.some(
    (event, opener) => opener < at && at < (index.after[opener] ?? 0) && event.type !== EVENT_ID.POP && isFlow(event),
  );
}

/** Adds to a flow collection that is not empty: on the line of its last value or, where that has a line of its own, on a new one. */
function intoFlow({ index, text }: Editing, at: number, added: string): Splice {
  const isList = index.events[at]?.type === EVENT_ID.SEQUENCE;
  const entries: readonly Entry[] = isList ? itemsOf(index, at).map((value) => ({ value })) : entriesOf(index, at);
  const last = entries.at(-1) ?? { value: at };
  const end = nodeEnd(index, last.value);
  const start = nodeStart(text, index.events[last.key ?? last.value] as Event);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const indentation = text.slice(lineStart, start);
  const isAlone = entries.length > 1 ? indentation.trim() === "" : /^[ \t]*$/.test(indentation) && lineStart > 0;
  return { start: end, end, text: isAlone ? `,${eol(text)}${indentation}${added}` : `, ${added}` };
}

/** JSON quotes all keys and texts, so that a JSON file stays one. */
function flowWriter({ index, text }: Editing, at: number): (value: Json) => string {
  const first = index.events[at + 1];
  const isQuoted = first?.type === EVENT_ID.SCALAR && first.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return isQuoted || /^\s*[{[]/.test(text) ? jsonText : flowText;
}

function intoBlock(editing: Editing, at: Entry, key: string, value: Json): Splice | string {
  const { index, text, near } = editing;
  const entries = entriesOf(index, at.value);
  const first = entries[0] as Entry & { readonly key: number };
  const start = nodeStart(text, index.events[first.key] as Event);
  const column = columnOf(text, start);
  if (text.slice(start - column, start).includes("\t")) return "the line is indented with a tab";
  const lines = entryLines(key, value, column, styleOf(text));
  const ends = entries.map((entry) => endOfLine(text, nodeEnd(index, entry.value)));
  const own = near === undefined ? -1 : ends.findIndex((end) => lineOf(text, end) === near);
  const owner = at.key === undefined ? -1 : lineOf(text, nodeStart(text, index.events[at.key] as Event));
  const isBelow = owner !== -1 && near === owner && lineOf(text, start) > owner;
  const end = isBelow ? endOfLine(text, nodeEnd(index, at.key ?? 0)) : (ends[own] ?? ends.at(-1) ?? text.length);
  return insertLines(text, end, lines);
}

function addItems(editing: Editing, at: number, items: readonly Json[]): Splice | string {
  const { index, text } = editing;
  const event = index.events[at] as Event;
  const present = itemsOf(index, at).map((item) => {
    const one = index.events[item] as Event;
    return one.type === EVENT_ID.SCALAR ? scalarText(text, one) : null;
  });
  const missing = missingItems(present, items);
  if (isFlow(event)) {
    const write = flowWriter(editing, at);
    if (present.length > 0) return intoFlow(editing, at, missing.map(write).join(", "));
    return { start: nodeStart(text, event), end: nodeEnd(index, at), text: write(missing) };
  }
  const dash = "start" in event ? event.start : -1;
  if (text.charAt(dash) !== "-") return "the list is written in an unusual way";
  const lines = missing.flatMap((item) => itemLines(item, columnOf(text, dash), styleOf(text)));
  return insertLines(text, endOfLine(text, nodeEnd(index, at)), lines);
}

function insertLines(text: string, end: number, lines: readonly string[]): Splice {
  return { start: end, end, text: lines.map((line) => `${eol(text)}${line}`).join("") };
}

function removeEntry(editing: Editing, { value: parent }: Entry, entry: Entry): Splice | string {
  const { index, text } = editing;
  const event = index.events[parent] as Event;
  const all: readonly Entry[] =
    event.type === EVENT_ID.SEQUENCE ? itemsOf(index, parent).map((value) => ({ value })) : entriesOf(index, parent);
  if (all.length < 2) return "nothing would be left beside the value";
  const nth = all.findIndex(({ value }) => value === entry.value);
  const startOf = ({ key, value }: Entry): number => nodeStart(text, index.events[key ?? value] as Event);
  const endOf = ({ value }: Entry): number => nodeEnd(index, value);
  const next = all[nth + 1];
  const previous = all[nth - 1];
  if (isFlow(event)) {
    if (next !== undefined) return { start: startOf(entry), end: startOf(next), text: "" };
    return { start: previous === undefined ? startOf(entry) : endOf(previous), end: endOf(entry), text: "" };
  }
  const dash = event.type === EVENT_ID.SEQUENCE ? text.lastIndexOf("-", startOf(entry) - 1) : startOf(entry);
  const lineStart = text.lastIndexOf("\n", dash - 1) + 1;
  if (text.slice(lineStart, dash).trim() === "")
    return { start: lineStart, end: endOfLine(text, endOf(entry), true), text: "" };
  if (next === undefined) return "the value shares its line with others";
  const between = text.slice(endOf(entry), startOf(next));
  if (between.includes("#")) return "a comment would be lost";
  return { start: startOf(entry), end: startOf(next), text: "" };
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}

/** The offset at which a line ends, before its line break or, with `whole`, after it. */
function endOfLine(text: string, offset: number, whole = false): number {
  const found = text.indexOf("\n", offset);
  if (found === -1) return text.length;
  if (whole) return found + 1;
  return text.charAt(found - 1) === "\r" && found > offset ? found - 1 : found;
}

function eol(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
