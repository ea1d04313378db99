/** Bytes that a text takes in UTF-8; a lone surrogate counts as the three bytes of its replacement. */
export function utf8Length(text: string): number {
  return measure(text, Number.POSITIVE_INFINITY).bytes;
}

/** The text if it fits into so many bytes of UTF-8, else its start with an ellipsis; no character is ever split. */
export function fitUtf8(text: string, limit: number): string {
  const { end, room } = measure(text, limit);
  return end === text.length ? text : `${text.slice(0, room)}…`;
}

const ELLIPSIS_BYTES = 3;

/** How far a text fits (`end`), and how far it fits with an ellipsis behind it (`room`); stops at the limit. */
function measure(text: string, limit: number): { readonly bytes: number; readonly end: number; readonly room: number } {
  let bytes = 0;
  let room = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.codePointAt(at) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes + size > limit) break;
    bytes += size;
    at += code < 0x10000 ? 1 : 2;
    if (bytes <= limit - ELLIPSIS_BYTES) room = at;
  }
  return { bytes, end: at, room };
}
