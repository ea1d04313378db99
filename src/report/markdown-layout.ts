import { utf8Length } from "./utf8.ts";
import { count } from "./wording.ts";

/** A part of a Markdown summary, laid out within so many bytes of UTF-8; empty if it does not fit. */
export type Part = (budget: number) => string;

/** A heading with items, which can be cut at whole items. */
export interface Section {
  readonly heading: string;
  readonly intro: readonly string[];
  readonly items: readonly string[];
  /** The name of an item, for the note about those left out. */
  readonly one: string;
  /** True if only the heading is visible until a reader expands it; it is HTML then, else Markdown. */
  readonly collapsed?: boolean;
}

/**
 * Parts as Markdown within a limit of UTF-8 bytes. Earlier parts take precedence, and each but the last leaves some of
 * the space to those after it.
 */
export function layOut(parts: readonly Part[], budget: number): string {
  let left = budget;
  const texts: string[] = [];
  parts.forEach((part, at) => {
    const text = part(at === parts.length - 1 ? left : Math.floor(left * 0.7));
    if (text === "") return;
    left -= utf8Length(text) + 2;
    texts.push(text);
  });
  return texts.join("\n\n");
}

/** A section cut at whole items, with the number of those left out. */
export function sectionPart(section: Section): Part {
  return (budget) => {
    const total = section.items.length;
    const collapsed = section.collapsed === true;
    const title = collapsed ? `<details><summary>${section.heading}</summary>` : `### ${section.heading}`;
    const head = [title, "", ...section.intro];
    const foot = collapsed ? ["", "</details>"] : [];
    const closing = (cut: number) => ["", notShown(cut, section.one)];
    let used = utf8Length([...head, ...closing(total), ...foot].join("\n")) + 1;
    if (used > budget) return "";
    const kept: string[] = [];
    for (const item of section.items) {
      used += utf8Length(item) + 1;
      if (used > budget) break;
      kept.push(item);
    }
    const cut = total - kept.length;
    return [...head, ...kept, ...(cut > 0 ? closing(cut) : []), ...foot].join("\n").trimEnd();
  };
}

/** `…and 12 more findings not shown here.` */
export function notShown(cut: number, one: string): string {
  return `…and ${count(cut, `more ${one}`, `more ${one}s`)} not shown here.`;
}
