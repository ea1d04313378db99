/** A range of lines of one side of a diff, 1-based and inclusive. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

interface Hunk {
  readonly before: { readonly start: number; readonly count: number };
  readonly after: { readonly start: number; readonly count: number };
}

const HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** The hunks of each file of a unified diff made with `core.quotePath=false` and `--no-prefix`, by path after. */
function parse(diff: string): ReadonlyMap<string, readonly Hunk[]> {
  const files = new Map<string, Hunk[]>();
  let path: string | undefined;
  let left = { before: 0, after: 0 };
  for (const line of diff.split("\n")) {
    if (left.before > 0 || left.after > 0) {
      // Inside a hunk every line is content, even one that looks like a header.
      if (line.startsWith(" ")) left = { before: left.before - 1, after: left.after - 1 };
      else if (line.startsWith("-")) left = { ...left, before: left.before - 1 };
      else if (line.startsWith("+")) left = { ...left, after: left.after - 1 };
      continue;
    }
    if (line.startsWith("diff --git ")) path = undefined;
    else if (line.startsWith("+++ ")) path = line === "+++ /dev/null" ? undefined : unquote(line.slice(4));
    const header = HEADER.exec(line);
    if (header === null || path === undefined) continue;
    const hunk: Hunk = {
      before: { start: Number(header[1]), count: Number(header[2] ?? 1) },
      after: { start: Number(header[3]), count: Number(header[4] ?? 1) },
    };
    left = { before: hunk.before.count, after: hunk.after.count };
    files.set(path, [...(files.get(path) ?? []), hunk]);
  }
  return files;
}

/** The lines of the new version that the diff shows, by path: only these accept a review comment. */
export function hunksAfter(diff: string): ReadonlyMap<string, readonly LineRange[]> {
  const ranges = new Map<string, readonly LineRange[]>();
  for (const [path, hunks] of parse(diff)) {
    ranges.set(
      path,
      hunks
        .filter((hunk) => hunk.after.count > 0)
        .map((hunk) => ({ from: hunk.after.start, to: hunk.after.start + hunk.after.count - 1 })),
    );
  }
  return ranges;
}

/**
 * Maps a line of the old version to the new one. `exact` is false if the line itself is gone; then the nearest line is
 * returned.
 */
export type LineMap = (path: string, line: number) => { readonly line: number; readonly exact: boolean };

/** The line map of a diff without context lines (`-U0`) between two versions of the same files. */
export function lineMap(diff: string): LineMap {
  const files = parse(diff);
  return (path, line) => {
    let shift = 0;
    for (const { before, after } of files.get(path) ?? []) {
      // For an empty side of a hunk, Git gives the line before the gap.
      const first = before.count === 0 ? before.start + 1 : before.start;
      if (line < first) break;
      if (line < first + before.count) {
        const offset = Math.min(line - first, Math.max(0, after.count - 1));
        return { line: Math.max(1, after.start + offset), exact: false };
      }
      shift += after.count - before.count;
    }
    return { line: line + shift, exact: true };
  };
}

/**
 * Git quotes a path that contains a quote, a backslash or a control character, and ends one that contains a space with
 * a tab.
 */
function unquote(path: string): string {
  const bare = path.replace(/\t$/, "");
  if (!bare.startsWith('"')) return bare;
  try {
    return JSON.parse(
      bare.replaceAll(
        /\\([0-7]{3})/g,
        (_, octal: string) => `\\u00${Number.parseInt(octal, 8).toString(16).padStart(2, "0")}`,
      ),
    ) as string;
  } catch {
    return bare;
  }
}
