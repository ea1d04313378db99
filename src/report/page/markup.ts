import { inertLines } from "../inert-text.ts";

/** A piece of a page, which `markup` made and so is safe. */
export interface Markup {
  readonly html: string;
}

/** What a template may hold: text, which is escaped, and pieces of a page. */
export type Content = string | number | Markup | readonly Markup[] | undefined;

/** Text from outside for HTML, in an element or a quoted attribute: it reads the same and does nothing. */
function escapeHtml(text: string): string {
  // Spaces at the end of a piece may stand between it and the next.
  return inertLines(`${text}.`)
    .join("\n")
    .slice(0, -1)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A template of HTML in which every value that is no `Markup` is escaped. Attributes must stand in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? "";
  values.forEach((value, at) => (text += written(value) + (parts[at + 1] ?? "")));
  return { html: text };
}

function written(value: Content): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escapeHtml(value);
  return "html" in value ? value.html : value.map((one) => one.html).join("");
}
