import type { EnvironmentHistory, PastState, RollbackList } from "../../model/rollback.ts";
import type { FormatOptions } from "../format.ts";
import { inert } from "../inert-text.ts";
import { pageFor, type Block, type Page } from "../pretty-page.ts";
import { count } from "../wording.ts";
import { checkText, commitLine, endText, environmentText } from "./commit-line.ts";

/** The last states of each environment as text. */
export function prettyStates(
  { base, environments }: RollbackList,
  options: Pick<FormatOptions, "colour" | "columns">,
): string {
  const page = pageFor(options);
  const blocks: readonly Block[] = [
    ...environments.map((one) => historyBlock(one, page)),
    [
      ...page.lines(`At ${base.slice(0, 12)}. What going back takes, changes and does not bring back:`, ""),
      "  portcullis rollback ENVIRONMENT [--to COMMIT]",
    ],
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function historyBlock({ environment, states, end }: EnvironmentHistory, page: Page): Block {
  const why = endText(end);
  return [
    page.paint.bold(environment === undefined ? `. ${environmentText(environment)}` : environmentText(environment)),
    ...states.flatMap((state, at) => stateLines(state, at === 0, page)),
    ...(why === undefined ? [] : [`  ${page.paint.dim(why)}`]),
  ];
}

function stateLines(state: PastState, isNow: boolean, page: Page): readonly string[] {
  const { paint, lines } = page;
  const differs = isNow ? "now" : differenceText(state);
  return [
    ...lines(`  ${commitLine(state)}`, "      "),
    `      ${isNow ? paint.bold(differs) : differs}; ${checkText(state.check, page)}`,
  ];
}

function differenceText({ objects, unknown }: PastState): string {
  const known =
    objects === 0 ? "the same as now" : `${count(objects, "object")} ${objects === 1 ? "differs" : "differ"}`;
  if (unknown.length === 0) return known;
  const unseen = `${count(unknown.length, "source")} not rendered (${inert(unknown[0] ?? "")})`;
  return objects === 0 ? unseen : `${known}, ${unseen}`;
}
