import { inert } from "./inert-text.ts";

/** A zero-width space: it keeps GitHub from recognising a mention or a link, and is invisible to readers. */
const BREAK = "\u200b";

/**
 * Positions after which a break is enough: mentions, mathematics, references, URLs, addresses, emoji names, ordered
 * lists.
 */
const ACTIVE = /[@$]|#(?=\w)|:(?=\/\/|\w+:)|\bgh-(?=\d)|\bwww(?=\.)|\b(?:mailto|xmpp)(?=:)|^\d+(?=[.)])/gi;

/**
 * Text from outside as GitHub Markdown that reads the same and does nothing: no markup, HTML, table break, mention,
 * reference, image, or automatic link (URL, e-mail, commit id) survives. The result stays on one line.
 */
export function escapeMarkdown(text: string): string {
  return inert(lines(text).join(" "))
    .replaceAll(ACTIVE, `$&${BREAK}`)
    .replaceAll(/\b[0-9a-f]{7,40}\b/gi, (id) => `${id.slice(0, 4)}${BREAK}${id.slice(4)}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\\", "&#92;")
    .replaceAll("|", "&#124;")
    .replaceAll(/[`*_{}[\]()~!]|^[-+=:#]/g, "\\$&");
}

function lines(text: string): readonly string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/**
 * Untrusted text as a code span: inert, with a fence longer than any run of backticks in it, and safe within a table.
 */
export function codeSpan(text: string): string {
  const content = inert(text);
  if (content === "") return "";
  // A pipe ends a table cell even in a code span, and Markdown parsers differ on how to escape it there.
  if (content.includes("|")) return escapeMarkdown(text);
  const longest = Math.max(0, ...(content.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = /^[ `]|[ `]$/.test(content) ? " " : "";
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A link to a documentation page of a policy: http or https without credentials; anything else is shown as code. */
export function docsLink(label: string, url: string): string {
  if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?(\/[\w\-./~%?#=&+,;:]*)?$/i.test(url)) return codeSpan(url);
  return `[${escapeMarkdown(label)}](<${url}>)`;
}
