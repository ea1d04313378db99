import { askOpa } from "../ask-opa.ts";

const escapes: { readonly [character: string]: string } = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};

// Characters that are assigned and printable in every version of Unicode that Go and Node.js may use.
const surelyPrintable =
  /[\u00a1-\u00ac\u00ae-\u0377\u0391-\u03a1\u03a3-\u052f\u05d0-\u05ea\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u23ff\u2500-\u2b73\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3\ufffd\u{1f300}-\u{1f64f}]/u;
// Characters that no version prints: spaces other than ASCII, controls, direction marks, surrogates, private use.
const surelyNot = /[\u0080-\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ud800-\uf8ff\ufeff\ufff0-\ufffb]/u;

/** Quotes a string like strconv.Quote in Go, or with `ascii` like QuoteToASCII. */
export function quote(text: string, ascii = false): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  return `"${Array.from(text, (character) => quoted(character, '"', ascii)).join("")}"`;
}

/** Quotes a character like strconv.QuoteRune in Go, or with `ascii` like QuoteRuneToASCII. */
export function quoteRune(character: string, ascii = false): string {
  return `'${quoted(character, "'", ascii)}'`;
}

/** Whether strconv.IsPrint of Go holds. Characters that may differ between versions of Unicode are passed to OPA. */
export function isPrintable(character: string): boolean {
  if (character >= " " && character <= "~") return true;
  if (character <= "\u007f" || surelyNot.test(character)) return false;
  return surelyPrintable.test(character) || askOpa();
}

function quoted(character: string, mark: string, ascii: boolean): string {
  if (character === mark) return `\\${mark}`;
  const escape = escapes[character];
  if (escape !== undefined) return escape;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return isPrintable(character) ? character : `\\x${hex(code, 2)}`;
  if (!ascii && isPrintable(character)) return character;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, "0");
}
