import type { Budget } from "./budget.ts";

/** The text of a file, or the problem that makes it ambiguous or unreadable. */
export type DecodedText =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "git-crypt" }
  | { readonly kind: "unreadable"; readonly line?: number; readonly column?: number; readonly message: string };

const GIT_CRYPT = [0x00, 0x47, 0x49, 0x54, 0x43, 0x52, 0x59, 0x50, 0x54, 0x00];

// YAML 1.1 breaks lines at U+0085, U+2028 and U+2029, YAML 1.2 does not: a comment could end early for one reader only.
// The other characters are those that Kubernetes refuses, and a carriage return without its line feed.
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)/;

/** Decodes UTF-8 and drops a byte order mark at the start of the file. Refuses, with its place, anything that readers interpret differently. */
export function decodeText(bytes: Uint8Array, budget: Budget): DecodedText {
  if (GIT_CRYPT.every((byte, index) => bytes[index] === byte)) return { kind: "git-crypt" };
  if (bytes.length > budget.fileBytes) {
    return {
      kind: "unreadable",
      line: 1,
      message: `The file has ${bytes.length} bytes; at most ${budget.fileBytes} are read.`,
    };
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { kind: "unreadable", line: 1, message: "The file is UTF-16; expected UTF-8. Save it as UTF-8." };
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return invalidUtf8(bytes);
  }
  return holdsSuspect(bytes) && UNSAFE.test(text) ? checkCharacters(text) : { kind: "text", text };
}

const decoder = new TextDecoder("utf-8", { fatal: true });

// The first bytes of what UNSAFE matches, and of a few harmless characters. Few files have one, and a scan for them costs
// a tenth of the regular expression.
const SUSPECT = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte++) if (byte !== 0x09 && byte !== 0x0a) SUSPECT[byte] = 1;
for (const byte of [0x7f, 0xc2, 0xe2, 0xef]) SUSPECT[byte] = 1;

function holdsSuspect(bytes: Uint8Array): boolean {
  // oxlint-disable-next-line typescript/prefer-for-of -- an iterator costs more than the regular expression
  for (let at = 0; at < bytes.length; at++) if (SUSPECT[bytes[at] ?? 0] === 1) return true;
  return false;
}

function invalidUtf8(bytes: Uint8Array): DecodedText {
  // A lenient decoder puts U+FFFD where the bytes are wrong; the first one that the text does not hold itself is the place.
  const text = new TextDecoder("utf-8").decode(bytes);
  const encoder = new TextEncoder();
  let offset = text.indexOf("\ufffd");
  while (offset !== -1) {
    const at = encoder.encode(text.slice(0, offset)).length;
    if (!(bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd)) break;
    offset = text.indexOf("\ufffd", offset + 1);
  }
  const binary = bytes.includes(0);
  const message = binary ? "The file is binary; expected UTF-8 text." : "The text is not valid UTF-8 here.";
  return { kind: "unreadable", ...placeOf(text, Math.max(offset, 0)), message };
}

function checkCharacters(text: string): DecodedText {
  const pattern = new RegExp(UNSAFE.source, "g");
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const code = match[0].charCodeAt(0);
    if (code === 0xfeff && startsDocument(text, match.index)) continue;
    return { kind: "unreadable", ...placeOf(text, match.index), message: describe(code) };
  }
  return { kind: "text", text };
}

// Kubernetes drops a byte order mark where a document starts, but cuts off the separator before it only where something
// stood before the separator.
function startsDocument(text: string, offset: number): boolean {
  const separator = text.lastIndexOf("\n", offset - 2);
  if (separator === -1 || !/^---[ \t]*\r?\n$/.test(text.slice(separator + 1, offset))) return false;
  const before = text.lastIndexOf("\n", separator - 1);
  return !text.startsWith("---", before + 1);
}

function describe(code: number): string {
  if (code === 0) return "The text contains a NUL character, which Kubernetes refuses; remove it.";
  if (code === 0x0d) return "A carriage return is not followed by a line feed; expected LF or CRLF line endings.";
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  if (code === 0xfeff)
    return "A byte order mark (U+FEFF) appears within the text; expected one only at the start of a document.";
  if (code === 0x85 || code === 0x2028 || code === 0x2029) {
    return `The character ${name} ends a line for some YAML readers and not for others; write it as an escape in double quotes.`;
  }
  return `The character ${name} is not allowed in YAML; write it as an escape in double quotes.`;
}

function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}
