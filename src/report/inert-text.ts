const NAMED: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Control and format characters (bidirectional overrides, invisible joiners), line and paragraph separators, lone
 * surrogates, noncharacters: everything that can move the cursor of a terminal, reorder text, or is illegal in XML.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Noncharacter_Code_Point}]/gu;

/**
 * Text from outside on one line, with every character that is not plainly visible spelled out (`\x1b`, `\u202e`, `\n`).
 * `##[` is broken up because GitHub Actions obeys `##[command]` anywhere in a log line.
 */
export function inert(text: string): string {
  return text.replace(UNSAFE, spell).replaceAll("##[", "##\\[");
}

/** As `inert`, for text of several lines: one entry a line. */
export function inertLines(text: string): readonly string[] {
  return text
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => inert(line.replaceAll("\t", "    ")));
}

function spell(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return NAMED[character] ?? `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\u{${hex}}`;
}
