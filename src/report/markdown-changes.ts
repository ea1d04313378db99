import type { ManifestChange, Report } from "../model/report.ts";
import { changeNotes, changesLine, remoteChangeLines, staleHeading, staleLines } from "./changes.ts";
import { codeBlock, codeSpan, escapeMarkdown } from "./escape-markdown.ts";
import { inert, inertLines } from "./inert-text.ts";
import type { Section } from "./markdown-layout.ts";
import { fitUtf8, utf8Length } from "./utf8.ts";
import { count, nameOf } from "./wording.ts";

const LONGEST_DIFF = 4_000;
const LONGEST_NAME = 300;
const LONGEST_LINE = 800;

/** What the change does to each object, collapsed: with its difference where that was asked for. */
export function changesSection(report: Report): Section {
  const { manifestChanges = [] } = report;
  const line = changesLine(report) ?? "";
  const isDiff = manifestChanges.some(({ diff }) => diff !== undefined && diff !== "");
  return {
    heading: `What changes: ${line}`,
    intro: [],
    items: manifestChanges.map((change) => (isDiff ? withDiff(change) : inLine(change))),
    one: "object",
    collapsed: true,
  };
}

/** What servers gave no answer about. */
export function staleSection(report: Report): Section {
  return {
    heading: staleHeading,
    intro: [],
    items: staleLines(report).map((line) => `- ${escapeMarkdown(fitUtf8(line, LONGEST_LINE))}`),
    one: "reference",
  };
}

/** What is fetched in another version. */
export function remoteChangesSection(report: Report): Section {
  return {
    heading: "Other versions",
    intro: [],
    items: remoteChangeLines(report).map((line) => `- ${escapeMarkdown(fitUtf8(line, LONGEST_LINE))}`),
    one: "version",
  };
}

function inLine(change: ManifestChange): string {
  const notes = changeNotes(change).map((note) => escapeMarkdown(fitUtf8(note, LONGEST_NAME)));
  return [`- ${change.kind} ${codeSpan(fitUtf8(nameOf(change.manifest), LONGEST_NAME))}`, ...notes].join(", ");
}

function withDiff(change: ManifestChange): string {
  const name = `${change.kind} <code>${html(fitUtf8(nameOf(change.manifest), LONGEST_NAME))}</code>`;
  const notes = changeNotes(change).map((note) => `<code>${html(fitUtf8(note, LONGEST_NAME))}</code>`);
  const summary = [name, ...notes].join(" ");
  return `<details><summary>${summary}</summary>\n\n${fenced(change.diff ?? "")}\n\n</details>\n`;
}

/** A diff as a block, cut at whole lines. */
function fenced(diff: string): string {
  if (diff === "") return "No difference that a cluster would see.";
  const kept: string[] = [];
  const lines = inertLines(diff);
  let used = 0;
  for (const line of lines) {
    used += utf8Length(line) + 1;
    if (used > LONGEST_DIFF) break;
    kept.push(line);
  }
  const cut = lines.length - kept.length;
  return [codeBlock("diff", kept), ...(cut > 0 ? ["", `…and ${count(cut, "more line")}.`] : [])].join("\n");
}

function html(text: string): string {
  return inert(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
