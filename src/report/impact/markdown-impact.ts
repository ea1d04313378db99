import type { Impact, ImpactEntry } from "../../model/impact.ts";
import { codeSpan, escapeMarkdown } from "../escape-markdown.ts";
import { layOut, sectionPart, type Part } from "../markdown-layout.ts";
import { impactSentence, totalsSentence, whereOf } from "./pretty-impact.ts";
import { impactKinds, levelsText, rollUps, type RolledUp } from "./roll-up.ts";

/** The impact as GitHub Markdown. It is complete: the caller shortens it if necessary. */
export function markdownImpact(impact: Impact): string {
  const body = layOut(partsOf(impact, Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  return `${[`## ${impactSentence(impact)}`, totalsSentence(impact), ...(body === "" ? [] : [body])].join("\n\n")}\n`;
}

/** The impact as a part of a check's summary, folded but for its first sentence. */
export function impactPart(impact: Impact): Part {
  return (budget) => {
    const head = `### Impact of the new rules\n\n${impactSentence(impact)}. ${totalsSentence(impact)}`;
    const body = layOut(partsOf(impact, EXAMPLES), budget - head.length * 4);
    return head.length * 4 > budget ? "" : [head, ...(body === "" ? [] : [body])].join("\n\n");
  };
}

const EXAMPLES = 20;

function partsOf(impact: Impact, most: number): readonly Part[] {
  const { entries } = impact;
  return [
    ...rollUps(impact).map(({ by, rows }) => tablePart(by, rows)),
    ...impactKinds.flatMap(({ kind, said }): readonly Part[] => {
      const all = entries.filter((entry) => entry.kind === kind);
      if (all.length === 0) return [];
      const shown = all.slice(0, most);
      const items = shown.map(itemOf);
      const left = all.length - shown.length;
      return [
        sectionPart({
          heading: `${capital(said)}: ${all.length}`,
          intro: [],
          items: left === 0 ? items : [...items, `- and ${left} more: run \`portcullis impact\` in a checkout`],
          one: "result",
          collapsed: true,
        }),
      ];
    }),
  ];
}

function itemOf(entry: ImpactEntry): string {
  return `- ${codeSpan(entry.policy)} (${levelsText(entry)}): ${escapeMarkdown(entry.message)} (${escapeMarkdown(whereOf(entry))})`;
}

function tablePart(by: string, rows: readonly RolledUp[]): Part {
  const columns = impactKinds.filter(({ kind }) => rows.some(({ counts }) => counts[kind] > 0));
  const heads = [`By ${by}`, ...columns.map(({ column }) => column)];
  const cells = rows.map(({ name, counts }) => [codeSpan(name), ...columns.map(({ kind }) => String(counts[kind]))]);
  const line = (of: readonly string[]): string => `| ${of.join(" | ")} |`;
  return (budget) => {
    const head = [line(heads), line(heads.map((_, at) => (at === 0 ? "---" : "--:")))];
    const kept: string[] = [...head];
    let used = head.join("\n").length;
    for (const row of cells) {
      used += line(row).length + 1;
      if (used > budget) break;
      kept.push(line(row));
    }
    const left = rows.length - (kept.length - head.length);
    return kept.length === head.length ? "" : [...kept, ...(left > 0 ? [`\n…and ${left} more.`] : [])].join("\n");
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
