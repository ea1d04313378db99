import { EVENT_ID, SCALAR_STYLE, type Event } from "js-yaml";
import { keyText } from "./key-text.ts";
import { resolvePlain } from "./resolve-scalar.ts";
import { resolveTagged } from "./tagged-scalar.ts";
import { scalarText } from "./yaml-events.ts";

/** The number of the event after the node that starts at event `index`. */
export function skipNode(events: readonly Event[], index: number): number {
  let depth = 0;
  for (let at = index; at < events.length; at++) {
    const type = events[at]?.type;
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE) depth++;
    else if (type === EVENT_ID.POP) depth--;
    if (depth <= 0) return at + 1;
  }
  return events.length;
}

/** Whether a key is `<<` in the way that merges. */
export function isMergeKey(text: string, event: Event): boolean {
  if (event.type !== EVENT_ID.SCALAR) return false;
  if (event.style !== SCALAR_STYLE.PLAIN && event.tagStart === -1) return false;
  if (scalarText(text, event) !== "<<") return false;
  if (event.tagStart === -1) return true;
  return resolveTagged(text.slice(event.tagStart, event.tagEnd), "<<").kind === "merge";
}

/** The string that a scalar key becomes; undefined for an alias or anything that cannot be a key. */
export function keyOf(text: string, event: Event): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) return undefined;
  const source = scalarText(text, event);
  if (event.tagStart === -1) {
    if (event.style !== SCALAR_STYLE.PLAIN) return source;
    const value = resolvePlain(source);
    return typeof value === "string" ? value : keyText(value, source);
  }
  const tagged = resolveTagged(text.slice(event.tagStart, event.tagEnd), source);
  if (tagged.kind !== "value") return undefined;
  return typeof tagged.value === "string" ? tagged.value : keyText(tagged.value, source);
}
