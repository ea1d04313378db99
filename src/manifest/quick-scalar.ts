const SPACE = 0x20;
const LINE_FEED = 0x0a;
const HASH = 0x23;
const BACKSLASH = 0x5c;
const DOUBLE = 0x22;
const SINGLE = 0x27;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["n", "\n"],
  ["t", "\t"],
]);

/** Where the quick reader stands. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** Spaces before the content of the current line; -1 at the end. */
  indent: number;
  depth: number;
  /** Whether places are kept; most documents are never asked for any. */
  readonly keepsPlaces: boolean;
  /** After a value: an offset on the line that it ends on. */
  end: number;
  /** After a value: the places in it. */
  inner: QuickInner;
}

/** The start of what has no text of its own: an item of a list that is nothing but its dash. */
export const NOWHERE = -1;

/** Where a value stands: the offset of its key or of the item, one on its last line, and the places in it. */
export interface QuickPlace {
  readonly start: number;
  readonly end: number;
  readonly inner: QuickInner;
}

/** The places of the entries of a block mapping or list; none of a scalar; those of a flow collection are not kept. */
type QuickInner = ReadonlyMap<string, QuickPlace> | readonly QuickPlace[] | "flow" | undefined;

/** Thrown, always this one, where a document leaves the subset of the quick reader. */
export const UNUSUAL = new Error("not for the quick reader");

/** Characters that no plain scalar of the subset starts with. */
export const CLOSED = new Uint8Array(128);
for (const character of " ?:,[]{}#&*!|>'\"%@`\n") CLOSED[character.charCodeAt(0)] = 1;

/** Reads a quoted scalar on one line, and leaves the cursor after it; undefined where there is none. */
export function quickQuoted(cursor: Cursor): string | undefined {
  const { text, at } = cursor;
  const quote = text.charCodeAt(at);
  if (quote !== DOUBLE && quote !== SINGLE) return undefined;
  const end = closingQuote(text, at, false);
  if (end === -1) return undefined;
  cursor.at = end + 1;
  return unescaped(text.slice(at + 1, end), quote);
}

/** Where the quote is that closes what the one at `from` opens, on the same line or a later one; -1 where it is not. */
export function closingQuote(text: string, from: number, onLaterLine: boolean): number {
  const quote = text.charCodeAt(from);
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED && !onLaterLine) return -1;
    if (code === quote && (quote === DOUBLE || text.charCodeAt(at + 1) !== SINGLE)) return at;
    // The second character of an escape says nothing by itself.
    if (code === quote || (code === BACKSLASH && quote === DOUBLE && text.charCodeAt(at + 1) !== LINE_FEED)) at++;
  }
  return -1;
}

/** What a line within quotes says. Few escapes are known here. */
export function unescaped(line: string, quote: number): string {
  if (quote === SINGLE) return line.includes("''") ? line.replaceAll("''", "'") : line;
  if (!line.includes("\\")) return line;
  return line.replaceAll(/\\(.?)/g, (_, escape: string) => {
    const character = ESCAPES.get(escape);
    if (character === undefined) throw UNUSUAL;
    return character;
  });
}

/** Expects nothing but spaces and a comment, and moves to the start of the next line. */
export function lineRest(cursor: Cursor): void {
  const { text } = cursor;
  let { at } = cursor;
  while (text.charCodeAt(at) === SPACE) at++;
  if (at < text.length && text.charCodeAt(at) !== LINE_FEED) {
    if (text.charCodeAt(at) !== HASH || at === cursor.at) throw UNUSUAL;
    at = text.indexOf("\n", at);
    if (at === -1) at = text.length;
  }
  cursor.at = Math.min(at + 1, text.length);
}
