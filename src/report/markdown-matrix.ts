import type { Report } from "../model/report.ts";
import { codeSpan, escapeMarkdown } from "./escape-markdown.ts";
import { inEnvironments, listed } from "./landing.ts";
import type { Section } from "./markdown-layout.ts";
import { cellText, columnsOf, foldedRows, matrixOf } from "./matrix.ts";
import { fitUtf8 } from "./utf8.ts";

const MOST_COLUMNS = 8;
const MOST_ROWS = 20;
const LONGEST_NAME = 120;

type FoldedRow = ReturnType<typeof foldedRows>[number];

/** The matrix of environments × policies; without items where fewer than two environments are known. */
export function matrixSection(report: Report): Section {
  const rows = matrixOf(report);
  const columns = columnsOf(rows);
  const shown = columns.slice(0, MOST_COLUMNS);
  const isWorthIt = rows.length > 1 && columns.length > 0;
  const heads = ["environment", ...shown.map(code), ...(columns.length > shown.length ? ["others"] : [])];
  const clean = rows.flatMap(({ environment, policies }) =>
    policies.length === 0 && environment ? [environment] : [],
  );
  return {
    heading: "Environments",
    intro: [
      "Findings by policy and environment; existing findings are after a plus.",
      ...(clean.length === 0 ? [] : ["", `Nothing found ${escapeMarkdown(inEnvironments(clean) ?? "")}.`]),
      "",
      `| ${heads.join(" | ")} |`,
      `|${"---|".repeat(heads.length)}`,
    ],
    items: isWorthIt
      ? foldedRows(
          rows.filter(({ policies }) => policies.length > 0),
          MOST_ROWS,
        ).map((row) => rowText(row, shown, columns))
      : [],
    one: "environment",
  };
}

function rowText({ environments, policies }: FoldedRow, shown: readonly string[], columns: readonly string[]): string {
  const cells = new Map(policies.map((cell) => [cell.policy, cell]));
  const others = policies.filter(({ policy }) => !shown.includes(policy));
  const sum = others.reduce((total, { introduced, existing }) => total + introduced + existing, 0);
  const [only = ""] = environments;
  const name = environments.length === 1 ? code(only) : escapeMarkdown(listed(environments, "environment"));
  const texts = shown.map((policy) => cellText(cells.get(policy)));
  return `| ${[name, ...texts, ...(columns.length > shown.length ? [sum === 0 ? "·" : String(sum)] : [])].join(" | ")} |`;
}

function code(text: string): string {
  return codeSpan(fitUtf8(text, LONGEST_NAME));
}
