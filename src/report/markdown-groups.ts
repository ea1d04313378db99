import { notShown, type Part } from "./markdown-layout.ts";
import { utf8Length } from "./utf8.ts";
import { count } from "./wording.ts";

/** Rows under a heading of their own. */
export interface Group {
  /** One line of Markdown, and what stands between it and the rows. */
  readonly heading: string;
  readonly intro: readonly string[];
  readonly rows: readonly string[];
}

/** Groups of rows under one heading. */
export interface Groups {
  readonly heading: string;
  readonly groups: readonly Group[];
  /** The names of a row and of a group, for the notes about those that are folded or left out. */
  readonly one: string;
  readonly oneGroup: { readonly one: string; readonly many: string };
  /** The number of rows that are visible at once, over all groups; the others are folded. */
  readonly open: number;
  /** True if only the heading is visible until a reader expands it; it is HTML then, else Markdown. */
  readonly collapsed?: boolean;
}

/** Keeps count of space: takes so many bytes if they are left. */
type Take = (bytes: number) => boolean;

/**
 * Groups cut at whole rows. Every group has one visible row before any has two, and so on. Folded rows get the space that
 * visible ones leave, and what does not fit at all is counted.
 */
export function groupsPart({ heading, groups, one, oneGroup, open, collapsed }: Groups): Part {
  return (budget) => {
    const title = collapsed === true ? `<details><summary>${heading}</summary>` : `### ${heading}`;
    const foot = collapsed === true ? ["</details>"] : [];
    const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);
    const take = within(budget - utf8Length([title, notShown(total, one), ...foot].join("\n\n")));
    const visible = shares(groups, open);
    const opened = groups.map((group, at) => ({ group, ...showRows(group, visible[at] ?? 0, take) }));
    const shown = opened.filter(({ kept }) => kept > 0);
    const texts = shown.flatMap(({ group, text, kept }) => {
      const left = group.rows.slice(kept);
      const more = foldRows(left, count(left.length, `more ${one}`), take);
      return [{ text, kept }, more];
    });
    const others = opened.flatMap(({ group, kept }) => (kept > 0 ? [] : [group]));
    const rest = foldGroups(others, { one, oneGroup }, take);
    const kept = [...texts, rest].reduce((sum, part) => sum + part.kept, 0);
    if (kept === 0) return "";
    return [
      title,
      ...[...texts, rest].flatMap(({ text }) => (text === "" ? [] : [text])),
      ...(kept < total ? [notShown(total - kept, one)] : []),
      ...foot,
    ].join("\n\n");
  };
}

/** Text with the number of rows in it; empty without one. */
interface Rows {
  readonly text: string;
  readonly kept: number;
}

const NONE: Rows = { text: "", kept: 0 };

/** How many rows of each group are visible, in turns. */
function shares(groups: readonly Group[], open: number): readonly number[] {
  const visible = groups.map(() => 0);
  let left = open;
  for (let turn = 1; left > 0 && groups.some(({ rows }) => rows.length >= turn); turn += 1) {
    for (const [at, { rows }] of groups.entries()) {
      if (left === 0 || rows.length < turn) continue;
      visible[at] = turn;
      left -= 1;
    }
  }
  return visible;
}

function showRows({ heading, intro, rows }: Group, most: number, take: Take): Rows {
  const [first, ...others] = rows.slice(0, most);
  if (first === undefined) return NONE;
  const head = [heading, ...intro].join("\n\n");
  if (!take(utf8Length(head) + utf8Length(first) + 4)) return NONE;
  const kept = [first, ...whatFits(others, take)];
  return { text: `${head}\n\n${kept.join("\n")}`, kept: kept.length };
}

function foldRows(rows: readonly string[], summary: string, take: Take): Rows {
  const frame = utf8Length(folded(summary, "")) + 2;
  if (rows.length === 0 || !take(frame)) return NONE;
  const kept = whatFits(rows, take);
  return kept.length === 0 ? NONE : { text: folded(summary, kept.join("\n")), kept: kept.length };
}

function foldGroups(groups: readonly Group[], { one, oneGroup }: Pick<Groups, "one" | "oneGroup">, take: Take): Rows {
  const total = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const summary = `${count(total, `more ${one}`)} of ${count(groups.length, `more ${oneGroup.one}`, `more ${oneGroup.many}`)}`;
  if (total === 0 || !take(utf8Length(folded(summary, "")) + 2)) return NONE;
  const shown = groups.map((group) => showRows(group, group.rows.length, take)).filter(({ kept }) => kept > 0);
  if (shown.length === 0) return NONE;
  return {
    text: folded(summary, shown.map(({ text }) => text).join("\n\n")),
    kept: shown.reduce((sum, { kept }) => sum + kept, 0),
  };
}

function folded(summary: string, text: string): string {
  return `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

function whatFits(rows: readonly string[], take: Take): readonly string[] {
  const end = rows.findIndex((row) => !take(utf8Length(row) + 1));
  return end === -1 ? rows : rows.slice(0, end);
}

function within(budget: number): Take {
  let left = budget;
  return (bytes) => {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  };
}
