import { count } from "../wording.ts";
import { markup, type Markup } from "./markup.ts";
import type { Listed } from "./report-page.ts";

/** One section of a page. */
export interface Section {
  readonly id: string;
  readonly heading: string;
  /** How many items it has, shown beside its heading. */
  readonly total?: number;
  /** Only its heading is visible until a reader opens it. */
  readonly collapsed?: boolean;
  readonly body: readonly Markup[];
}

/** A section with its heading. */
export function section({ id, heading, total, collapsed, body }: Section): Markup {
  const title = markup`${heading}${total === undefined ? undefined : markup` <span class="count">${total}</span>`}`;
  return collapsed === true
    ? markup`<section id="${id}">
        <details>
          <summary><h2>${title}</h2></summary>
          ${body}
        </details>
      </section>`
    : markup`<section id="${id}">
        <h2>${title}</h2>
        ${body}
      </section>`;
}

/** A list of items, each an `li`. */
export function list(name: string, items: readonly Markup[]): Markup {
  return markup`<ul class="${name}">
${items}</ul>
`;
}

/** A table that scrolls by itself where it is wider than the page; `label` says what it holds. */
export function table(
  label: string,
  heads: readonly (string | Markup)[],
  rows: readonly Markup[],
  caption?: string,
): Markup {
  return markup`<div class="wide" role="region" aria-label="${label}" tabindex="0">
    <table>
      ${caption === undefined ? undefined : markup`<caption>${caption}</caption>`}
      <thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>
${rows}</tbody>
    </table>
  </div>`;
}

/** A sentence about the items that are not shown; nothing where all are. */
export function leftOut({ items, total }: Listed<unknown>, one: string, plural = `${one}s`): readonly Markup[] {
  const cut = total - items.length;
  if (cut === 0) return [];
  return [markup`<p class="left-out">${count(cut, `more ${one} is`, `more ${plural} are`)} not shown here.</p>`];
}
