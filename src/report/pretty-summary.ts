import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import { testsOf, type Tally } from "../model/tally.ts";
import { fitted, width } from "./cells.ts";
import type { FormatOptions } from "./format.ts";
import { inert } from "./inert-text.ts";
import type { Block, Page } from "./pretty-page.ts";
import { restoresSentences } from "./restores.ts";
import { count, isChange, isNothingJudged, judgedBy, unseenCount, verdictSentence, worstFirst } from "./wording.ts";

/** From so many findings on, they are counted by policy at the end. */
const MANY = 10;

/** How many findings each policy has, the worst first; nothing after few findings. */
export function policiesBlock(
  report: Report,
  findings: readonly Finding[],
  options: FormatOptions,
  { paint, columns }: Page,
): readonly Block[] {
  if (findings.length < MANY) return [];
  const rows = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of worstFirst(findings, options.blocks)) {
    const key = JSON.stringify([finding.policy, finding.level, options.blocks(finding)]);
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [finding]);
    else known.push(finding);
  }
  const all = [...rows.values()].map((of) => {
    const [{ level, policy, title = "" }] = of;
    const existing = of.filter(({ status }) => status === "existing").length;
    const isSplit = isChange(report) && existing > 0 && existing < of.length;
    const blocks = options.blocks(of[0]);
    const counted = isSplit ? `${of.length - existing} +${existing}` : String(of.length);
    return { level, policy: inert(policy), title: inert(title), counted, size: of.length, blocks };
  });
  // Within one rank those with most findings come first.
  const ranks = { deny: 1, warn: 2, info: 3 };
  const rankOf = ({ blocks, level }: (typeof all)[number]): number => (blocks ? 0 : ranks[level]);
  const sorted = all.toSorted((a, b) => rankOf(a) - rankOf(b) || b.size - a.size);
  const widest = (of: (row: (typeof all)[number]) => string): number => Math.max(...all.map((row) => width(of(row))));
  const [countWidth, policyWidth] = [widest(({ counted }) => counted), widest(({ policy }) => policy)];
  const colours = { deny: paint.red, warn: paint.yellow, info: paint.cyan };
  return [
    [
      paint.bold(`by policy: ${count(findings.length, "finding")}`),
      ...sorted.map(({ level, policy, title, counted }) => {
        const start = `  ${counted.padStart(countWidth)}  `;
        const name = policy + " ".repeat(policyWidth - width(policy));
        const room = columns === undefined ? Number.POSITIVE_INFINITY : columns - width(`${start}deny  ${name}  `);
        const shown = room < 12 ? "" : fitted(title, room);
        return `${start}${colours[level](level.padEnd(4))}  ${name}  ${paint.dim(shown)}`.trimEnd();
      }),
    ],
  ];
}

/** The verdict, and what it is about. `folded`: findings that are counted only. */
export function summary(report: Report, folded: number, options: FormatOptions, { paint, lines }: Page): Block {
  const { counts } = report;
  const colour = {
    pass: isNothingJudged(report) ? paint.yellow : paint.green,
    warn: paint.yellow,
    fail: paint.red,
    error: paint.magenta,
  };
  const change = isChange(report)
    ? [
        `${counts.introduced} introduced`,
        `${counts.existing} existing${folded > 0 ? " (not shown: --show-all)" : ""}`,
        `${counts.fixed} fixed`,
      ]
    : [count(counts.introduced + counts.existing, "finding")];
  const facts = [
    judgedBy(report),
    ...change,
    ...(counts.waived > 0 ? [`${counts.waived} waived`] : []),
    ...(report.problems.length > 0 ? [count(report.problems.length, "problem")] : []),
    ...[unseenCount(report) ?? []].flat(),
  ];
  const mode = report.mode === "report" ? " (report only: nothing is blocked)" : "";
  return [
    `${paint.bold(colour[report.verdict](verdictSentence(report, options.blocks)))}${mode}`,
    ...lines(facts.join(" · "), ""),
    ...restoresSentences(report, inert).flatMap((sentence) => lines(sentence, "")),
    ...(report.tally === undefined ? [] : [tallyLine(report.tally)]),
  ];
}

/** What was counted, word for word as conftest says it. */
function tallyLine(tally: Tally): string {
  const { passed, warnings, failures, exceptions } = tally;
  const counted = [
    count(testsOf(tally), "test"),
    `${passed} passed`,
    count(warnings, "warning"),
    count(failures, "failure"),
    count(exceptions, "exception"),
  ];
  return counted.join(", ");
}
