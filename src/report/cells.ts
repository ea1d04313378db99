/** Two cells wide in a terminal: CJK, Hangul, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;

/** The number of cells that a text without control characters takes in a terminal. */
export function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += WIDE.test(character) ? 2 : 1;
  return sum;
}

/** As much of a text from its start as fits into a number of cells. */
export function cut(text: string, room: number): string {
  let used = 0;
  let kept = "";
  for (const character of text) {
    used += width(character);
    if (used > room) break;
    kept += character;
  }
  return kept;
}

/** As much of a text from its end as fits into a number of cells. */
export function tail(text: string, room: number): string {
  const all = Array.from(text);
  let used = 0;
  let from = all.length;
  while (from > 0) {
    used += width(all[from - 1] ?? "");
    if (used > room) break;
    from -= 1;
  }
  return all.slice(from).join("");
}

/** A text that fits into a number of cells, with an ellipsis where something is left out. */
export function fitted(text: string, room: number): string {
  return width(text) <= room ? text : `${cut(text, Math.max(0, room - 1))}…`;
}

/** The least that is wrapped to: in a narrower terminal lines are as if it were that wide. */
const NARROWEST = 40;

/**
 * A text as lines of at most so many cells, broken at spaces; a word that is longer stays whole, so that paths and links can be
 * copied. `indent`: what lines after the first begin with. Without `columns` it stays one line.
 */
export function wrapped(text: string, columns: number | undefined, indent: string): readonly string[] {
  if (columns === undefined) return [text];
  const most = Math.max(columns, NARROWEST);
  if (width(text) <= most) return [text];
  const lead = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = "";
  let start = lead;
  for (const word of text.slice(lead.length).split(/ +/)) {
    const longer = line === "" ? start + word : `${line} ${word}`;
    // No line may begin with what a CI system takes for a command.
    if (line !== "" && width(longer) > most && !word.startsWith("::")) {
      lines.push(line);
      start = indent;
      line = start + word;
    } else line = longer;
  }
  return [...lines, line];
}
