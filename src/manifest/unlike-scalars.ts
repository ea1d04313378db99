import type { ScalarEvent } from "js-yaml";
import { ReadingError } from "./reading-error.ts";

const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|[^uU])/gs;

const ESCAPED_BREAK = /(?<!\\)(?:\\\\)*\\\r?\n[ \t]*\r?\n/;

/** Refuses a tag that runs into the next character: YAML 1.1 takes commas and brackets for part of it. */
export function refuseUnlikeTag(text: string, event: { readonly tagStart: number; readonly tagEnd: number }): void {
  if (event.tagStart === -1 || event.tagEnd >= text.length || /\s/.test(text.charAt(event.tagEnd))) return;
  throw new ReadingError(
    event.tagEnd,
    "Expected a space after a tag; without it, YAML readers disagree about the tag.",
  );
}

/** Refuses plain scalars within `[]` and `{}` that YAML 1.1 cuts elsewhere than js-yaml does. */
export function refuseUnlikeFlow(text: string, event: ScalarEvent): void {
  const { valueStart, valueEnd } = event;
  if (valueStart === -1) return;
  if (text.slice(valueStart, valueEnd).includes("?") || text.charCodeAt(valueStart) === 0x3a) {
    throw new ReadingError(
      valueStart,
      "YAML readers disagree about a `?` or a leading `:` within [] or {}; put the value in quotes.",
    );
  }
  if (text.charCodeAt(valueEnd) === 0x3a && ",[]{}".includes(text.charAt(valueEnd + 1))) {
    throw new ReadingError(
      valueEnd,
      "YAML readers disagree about a `:` without a space after it within [] or {}; put a space after it.",
    );
  }
}

/**
 * Refuses escapes that name no character. JSON writes characters beyond U+FFFF as a pair of escapes, which Kubernetes
 * reads in JSON documents only.
 */
export function refuseUnlikeEscapes(text: string, event: ScalarEvent, json: boolean): void {
  const source = text.slice(event.valueStart, event.valueEnd);
  if (ESCAPED_BREAK.test(source)) {
    throw new ReadingError(
      event.valueStart - 1,
      "YAML readers disagree about an empty line after a backslash at the end of a line; remove the empty line.",
    );
  }
  if (!/\\[uU]/.test(source)) return;
  let high = -1;
  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(source); match !== null; match = ESCAPE.exec(source)) {
    const code = Number.parseInt(match[1] ?? match[2] ?? "0", 16);
    const follows = high !== -1 && high === match.index;
    const low = code >= 0xdc00 && code <= 0xdfff;
    if (high !== -1 && !(follows && low)) throw wrongEscape(event.valueStart + match.index);
    if ((low && !follows) || code > 0x10ffff) throw wrongEscape(event.valueStart + match.index);
    high = -1;
    if (code >= 0xd800 && code <= 0xdbff) {
      if (!json || match[1] === undefined) throw wrongEscape(event.valueStart + match.index);
      high = match.index + match[0].length;
    }
  }
  if (high !== -1) throw wrongEscape(event.valueStart + high);
}

function wrongEscape(offset: number): ReadingError {
  return new ReadingError(offset, "This escape is not a Unicode character; Kubernetes refuses it.");
}
