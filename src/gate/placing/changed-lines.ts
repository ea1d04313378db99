/** A line of a text after a change. */
export interface ChangedLine {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** The most pairs of lines that are compared. Beyond, everything between the first and last difference counts as changed. */
const MOST_PAIRS = 4_000_000;

/**
 * The 1-based lines of `after` that a change from `before` adds or alters. Where it only removes lines, the lines that are
 * now in their place. Empty for equal texts.
 */
export function changedLines(before: string, after: string): readonly number[] {
  if (before === after) return [];
  const [old, now] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let [oldEnd, nowEnd] = [old.length, now.length];
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) {
    oldEnd -= 1;
    nowEnd -= 1;
  }
  const added = addedLines(old.slice(start, oldEnd), now.slice(start, nowEnd));
  if (added.length > 0) return added.map((index) => start + index + 1);
  return [Math.max(1, Math.min(start + 1, now.length))];
}

/** The lines of a text, without the empty one after the last line break. */
function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** The indexes of lines of `now` that are not in the longest common subsequence. */
function addedLines(old: readonly string[], now: readonly string[]): readonly number[] {
  const width = now.length + 1;
  if (old.length * now.length > MOST_PAIRS) return now.map((_, index) => index);
  const common = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === now[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const added: number[] = [];
  let row = 0;
  let column = 0;
  while (column < now.length) {
    if (row < old.length && old[row] === now[column]) {
      row += 1;
      column += 1;
    } else if (row < old.length && at(row + 1, column) >= at(row, column + 1)) row += 1;
    else {
      added.push(column);
      column += 1;
    }
  }
  return added;
}
