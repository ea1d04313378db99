import { utf8Length } from "./utf8.ts";
import { count } from "./wording.ts";

/** A part of a Markdown summary that can be cut at whole items. */
export interface Section {
  readonly heading: string;
  readonly intro: readonly string[];
  readonly items: readonly string[];
  /** The name of an item, for the note about those left out. */
  readonly one: string;
  /** True if only the heading is visible until a reader expands it. */
  readonly collapsed?: boolean;
}

/**
 * Sections as Markdown within a limit of UTF-8 bytes, cut at whole items, with the number of items left out. Earlier
 * sections take precedence.
 */
export function layOut(sections: readonly Section[], budget: number): string {
  let left = budget;
  const parts: string[] = [];
  sections.forEach((section, at) => {
    const share = at === sections.length - 1 ? left : Math.floor(left * 0.7);
    const part = layOutOne(section, share);
    left -= utf8Length(part) + 2;
    if (part !== "") parts.push(part);
  });
  return parts.join("\n\n");
}

function layOutOne(section: Section, budget: number): string {
  const total = section.items.length;
  const collapsed = section.collapsed === true;
  const title = collapsed ? `<details><summary>${section.heading}</summary>` : `### ${section.heading}`;
  const head = [title, "", ...section.intro];
  const foot = collapsed ? ["", "</details>"] : [];
  const closing = (cut: number) => [
    "",
    `…and ${count(cut, `more ${section.one}`, `more ${section.one}s`)} not shown here.`,
  ];
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
}
