import { EVENT_ID, type Event } from "js-yaml";
import { ReadingError } from "./reading-error.ts";
import { eventStart } from "./yaml-events.ts";
import { keyOf, skipNode } from "./walk-events.ts";

/** The error for a duplicate key in a mapping, with both lines counted from the document's start; the caller shifts them. */
export class DuplicateKeyError extends ReadingError {
  readonly key: string;
  readonly firstOffset: number;

  constructor(key: string, firstOffset: number, offset: number) {
    super(offset, `The key \`${key}\` appears twice in one mapping.`);
    this.key = key;
    this.firstOffset = firstOffset;
  }
}

/** Finds the first place of a key in the mapping whose event has the number `start`. */
export function duplicateKey(
  text: string,
  events: readonly Event[],
  start: number,
  key: string,
  offset: number,
): DuplicateKeyError {
  let index = start + 1;
  for (;;) {
    const event = events[index];
    if (event === undefined || event.type === EVENT_ID.POP) return new DuplicateKeyError(key, offset, offset);
    if (keyOf(text, event) === key) return new DuplicateKeyError(key, eventStart(event), offset);
    index = skipNode(events, skipNode(events, index));
  }
}
