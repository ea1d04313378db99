import { inert } from "./inert-text.ts";
import { fitUtf8 } from "./utf8.ts";
import { isWebAddress } from "./web-address.ts";

/** Bytes of an address that is shown in place of a link. */
const LONGEST_SHOWN = 1_000;

/** A zero-width space: it keeps GitHub from recognising a mention or a link, and is invisible to readers. */
const BREAK = "\u200b";

/**
 * Positions after which a break is enough: mentions, mathematics, references, URLs, addresses, emoji names, ordered
 * lists.
 */
const ACTIVE = /[@$]|#(?=\w)|:(?=\/\/|\w+:)|(?<![a-z\d])(?:gh-(?=\d)|www(?=\.)|(?:mailto|xmpp)(?=:))|^\d+(?=[.)])/gi;

/** A commit's id, or its start. An underscore is no part of a word: Markdown ends one there. */
const COMMIT = /(?<![a-z\d])[0-9a-f]{7,40}(?![a-z\d])/gi;

/**
 * Text from outside as GitHub Markdown that reads the same and does nothing: no markup, HTML, table break, mention,
 * reference, image, or automatic link (URL, e-mail, commit id) survives. The result stays on one line.
 */
export function escapeMarkdown(text: string): string {
  return inert(lines(text).join(" "))
    .replaceAll(ACTIVE, `$&${BREAK}`)
    .replaceAll(COMMIT, (id) => `${id.slice(0, 4)}${BREAK}${id.slice(4)}`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\\", "&#92;")
    .replaceAll("|", "&#124;")
    .replaceAll(/[`*_{}[\]()~!]|^[-+=:#]/g, "\\$&");
}

/**
 * As `escapeMarkdown`, for sentences that people write with code between backticks, such as descriptions of policies:
 * that becomes code spans.
 */
export function escapeProse(text: string): string {
  return lines(text)
    .join(" ")
    .split(/(?<!`)(`[^`]+`)(?!`)/)
    .map((part, at) => (at % 2 === 0 ? betweenCode(part) : codeSpan(part.slice(1, -1))))
    .join("");
}

function betweenCode(text: string): string {
  const escaped = escapeMarkdown(text);
  return `${/^\s/.test(text) ? " " : ""}${escaped}${escaped !== "" && /\s$/.test(text) ? " " : ""}`;
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

/** Untrusted text as a code span that links to `url`, which the caller made; without a URL, or with one that is not plain, only the code span. */
export function linkedCode(text: string, url: string | undefined): string {
  return url === undefined || !isWebAddress(url) ? codeSpan(text) : `[${codeSpan(text)}](<${url}>)`;
}

/** Lines of untrusted text as a block of code, in a fence that nothing within can close. */
export function codeBlock(language: string, text: readonly string[]): string {
  const shown = text.map(inert);
  const longest = Math.max(2, ...(shown.join("\n").match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return [`${fence}${language}`, ...shown, fence].join("\n");
}

/** A link to a documentation page of a policy: http or https without credentials; anything else is shown as code. */
export function docsLink(label: string, url: string): string {
  if (!isWebAddress(url)) return codeSpan(fitUtf8(url, LONGEST_SHOWN));
  return `[${escapeMarkdown(label)}](<${url}>)`;
}
