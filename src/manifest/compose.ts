import { EVENT_ID, SCALAR_STYLE, COLLECTION_STYLE, type Event, type ScalarEvent } from "js-yaml";
import type { Json } from "../model/json.ts";
import type { Budget } from "./budget.ts";
import { duplicateKey } from "./duplicate-key.ts";
import { keyText } from "./key-text.ts";
import { setOwn, type Mapping, mergeInto, newMergeState, type MergeState } from "./mapping.ts";
import { ReadingError } from "./reading-error.ts";
import { resolvePlain, type ScalarValue } from "./resolve-scalar.ts";
import { refuseUnlikeEscapes, refuseUnlikeFlow, refuseUnlikeTag } from "./unlike-scalars.ts";
import { resolveTagged } from "./tagged-scalar.ts";
import { isMergeKey } from "./walk-events.ts";
import { eventStart, scalarText } from "./yaml-events.ts";

const NO_RANGE = -1;
const ANCHOR = /^[0-9A-Za-z_-]+$/;
const NODE_COST = 8;
const UNREADABLE_NUMBER = "Kubernetes cannot represent this number (infinite, or not a number) in JSON.";

interface Anchor {
  value: Json;
  cost: number;
  height: number;
  open: boolean;
}

interface State {
  readonly onRepeated: ((key: string) => void) | undefined;
  readonly text: string;
  readonly events: readonly Event[];
  readonly budget: Budget;
  /** Whether the document is JSON, which Kubernetes tries to read as JSON first. */
  readonly json: boolean;
  next: number;
  depth: number;
  deepest: number;
  cost: number;
  expansion: number;
  anchors: Map<string, Anchor> | undefined;
  /** Keys that were no strings before they became ones, by mapping. */
  readonly converted: Map<Mapping, Set<string>>;
  /** How many flow collections are open. */
  flow: number;
}

/**
 * Builds the value of one document from js-yaml's events as goyaml.v2 and sigs.k8s.io/yaml do. Throws ReadingError where
 * Kubernetes refuses the document or readers disagree about it; but where `onRepeated` is given, of a key that appears twice
 * the last value counts. Aliased values are shared, not copied.
 */
export function composeDocument(
  text: string,
  events: readonly Event[],
  budget: Budget,
  onRepeated?: (key: string) => void,
): Json {
  const state: State = {
    text,
    events,
    budget,
    json: /^\s*[[{]/.test(text),
    next: 1,
    depth: 0,
    deepest: 0,
    cost: 0,
    expansion: 0,
    anchors: undefined,
    converted: new Map(),
    flow: 0,
    onRepeated,
  };
  return events.length === 0 ? null : composeNode(state);
}

function composeNode(state: State): Json {
  const event = state.events[state.next];
  if (event === undefined) throw new ReadingError(state.text.length, "The document ends too early.");
  state.cost += NODE_COST;
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      state.next++;
      const value = composeScalar(state, event);
      if (typeof value === "number" && !Number.isFinite(value))
        throw new ReadingError(eventStart(event), UNREADABLE_NUMBER);
      return value;
    }
    case EVENT_ID.ALIAS:
      state.next++;
      return followAlias(state, event.anchorStart, event.anchorEnd);
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE: {
      if (event.anchorStart === NO_RANGE) return composeCollection(state, event);
      const outer = state.deepest;
      const cost = state.cost;
      state.deepest = state.depth;
      const anchor = setAnchor(state, event.anchorStart, event.anchorEnd, null, true);
      anchor.value = composeCollection(state, event);
      anchor.cost = state.cost - cost + NODE_COST;
      anchor.height = state.deepest - state.depth;
      anchor.open = false;
      state.deepest = Math.max(outer, state.deepest);
      return anchor.value;
    }
    case EVENT_ID.DOCUMENT:
    case EVENT_ID.POP:
      throw new ReadingError(state.text.length, "The document ends too early.");
  }
}

function composeScalar(state: State, event: ScalarEvent): ScalarValue {
  const source = scalarText(state.text, event);
  const plain = event.style === SCALAR_STYLE.PLAIN;
  if (!event.fast && event.style === SCALAR_STYLE.DOUBLE_QUOTED) refuseUnlikeEscapes(state.text, event, state.json);
  else if (plain && state.flow > 0) refuseUnlikeFlow(state.text, event);
  if (event.indent === 0) {
    throw new ReadingError(
      eventStart(event),
      "Kubernetes reads this block scalar as empty because its text is not indented; indent it.",
    );
  }
  state.cost += source.length;
  let value: ScalarValue;
  if (event.tagStart === NO_RANGE) {
    value = plain ? resolvePlain(source) : source;
    if (plain && state.json && typeof value === "string" && /^[-+]?[0-9.]+[eE]/.test(source)) {
      throw new ReadingError(eventStart(event), UNREADABLE_NUMBER);
    }
  } else value = composeTagged(state, event, source);
  if (event.anchorStart !== NO_RANGE) {
    // The value of an anchor may be refused only where it is used as a value: keys may be .nan.
    const anchor = setAnchor(state, event.anchorStart, event.anchorEnd, value, false);
    anchor.cost = source.length + NODE_COST;
  }
  return value;
}

function composeTagged(state: State, event: ScalarEvent, source: string): ScalarValue {
  refuseUnlikeTag(state.text, event);
  const raw = state.text.slice(event.tagStart, event.tagEnd);
  if (raw === "!") {
    if (source === "<<")
      throw new ReadingError(event.tagStart, "YAML readers disagree about a tag before `<<`; remove it.");
    return source;
  }
  const tagged = resolveTagged(raw, source);
  switch (tagged.kind) {
    case "value":
      return tagged.value;
    case "merge":
      return source;
    case "refused":
      throw new ReadingError(event.tagStart, tagged.message);
  }
}

function setAnchor(state: State, start: number, end: number, value: Json, open: boolean): Anchor {
  const name = anchorName(state, start, end);
  const anchor: Anchor = { value, cost: 0, height: 0, open };
  state.anchors ??= new Map();
  state.anchors.set(name, anchor);
  return anchor;
}

function anchorName(state: State, start: number, end: number): string {
  const name = state.text.slice(start, end);
  if (ANCHOR.test(name)) return name;
  throw new ReadingError(
    start - 1,
    `Kubernetes does not accept the anchor name \`${name}\`; expected letters, digits, _ and - only.`,
  );
}

function followAlias(state: State, start: number, end: number): Json {
  const name = anchorName(state, start, end);
  const anchor = state.anchors?.get(name);
  if (anchor === undefined) throw new ReadingError(start - 1, `The alias *${name} has no anchor &${name} before it.`);
  if (anchor.open) throw new ReadingError(start - 1, `The anchor &${name} contains itself.`);
  if (typeof anchor.value === "number" && !Number.isFinite(anchor.value)) {
    throw new ReadingError(start - 1, UNREADABLE_NUMBER);
  }
  state.cost += anchor.cost;
  state.expansion += anchor.cost;
  if (state.expansion > state.budget.expansion) {
    throw new ReadingError(start - 1, "The aliases of this document expand beyond the limit (an alias bomb?).");
  }
  reach(state, state.depth + anchor.height, start - 1);
  return anchor.value;
}

function reach(state: State, depth: number, offset: number): void {
  if (depth <= state.deepest) return;
  state.deepest = depth;
  if (depth > state.budget.depth)
    throw new ReadingError(offset, `The document nests deeper than ${state.budget.depth} levels.`);
}

function composeCollection(state: State, event: Extract<Event, { start: number }>): Json {
  // Kubernetes drops the tags of mappings and lists.
  refuseUnlikeTag(state.text, event);
  const flow = event.style === COLLECTION_STYLE.FLOW;
  if (flow) state.flow++;
  state.depth++;
  reach(state, state.depth, event.start);
  const value = event.type === EVENT_ID.MAPPING ? composeMapping(state) : composeSequence(state);
  state.depth--;
  if (flow) state.flow--;
  return value;
}

function composeSequence(state: State): Json {
  state.next++;
  const items: Json[] = [];
  while (state.events[state.next]?.type !== EVENT_ID.POP) items.push(composeNode(state));
  state.next++;
  return items;
}

function composeMapping(state: State): Json {
  const start = state.next++;
  const mapping: Mapping = {};
  let merge: MergeState | undefined;
  for (;;) {
    const event = state.events[state.next];
    if (event === undefined || event.type === EVENT_ID.POP) break;
    if (event.type === EVENT_ID.SCALAR && isMergeKey(state.text, event)) {
      state.next++;
      merge ??= newMergeState(state.converted);
      composeMerge(state, merge, mapping, event);
      continue;
    }
    const key = composeKey(state, event, mapping);
    const value = composeNode(state);
    if (mapping[key] !== undefined && Object.hasOwn(mapping, key)) {
      if (merge === undefined || !merge.merged.delete(key) || state.converted.get(mapping)?.has(key) === true) {
        if (state.onRepeated === undefined) throw duplicateKey(state.text, state.events, start, key, eventStart(event));
        state.onRepeated(key);
      }
    }
    setOwn(mapping, key, value);
  }
  state.next++;
  return mapping;
}

function composeKey(state: State, event: Event, mapping: Mapping): string {
  let value: Json;
  const offset = eventStart(event);
  if (event.type === EVENT_ID.SCALAR) {
    state.next++;
    state.cost += NODE_COST;
    value = composeScalar(state, event);
  } else if (event.type === EVENT_ID.ALIAS) {
    value = composeNode(state);
  } else {
    throw new ReadingError(offset, "A mapping or a list is used as a key; Kubernetes expects a string.");
  }
  if (typeof value === "string") return value;
  const key = keyText(value, event.type === EVENT_ID.SCALAR ? scalarText(state.text, event) : "");
  if (key === undefined)
    throw new ReadingError(offset, "Kubernetes cannot convert this key to a string; put it in quotes.");
  const converted = state.converted.get(mapping);
  if (converted === undefined) state.converted.set(mapping, new Set([key]));
  else converted.add(key);
  return key;
}

function composeMerge(state: State, merge: MergeState, mapping: Mapping, key: ScalarEvent): void {
  const offset = eventStart(key);
  if (merge.seen)
    throw new ReadingError(offset, "The merge key `<<` appears twice in one mapping; use it once, with a list.");
  merge.seen = true;
  const event = state.events[state.next];
  const inline = event?.type === EVENT_ID.SEQUENCE;
  const value = composeNode(state);
  const sources = inline && Array.isArray(value) ? value : [value];
  // Earlier sources win, so that they are laid over later ones.
  for (let index = sources.length - 1; index >= 0; index--) {
    const problem = mergeInto(merge, mapping, sources[index]);
    if (problem !== undefined) throw new ReadingError(offset, problem);
  }
}
