import type { Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import type { FormatOptions, WaiveCommand } from "../report/format.ts";
import { formats } from "../report/formats.ts";
import { coloured } from "./coloured.ts";
import { outputsOf, writeOutputs, type Output } from "./outputs.ts";
import { lineReader } from "./read-lines.ts";
import { shownReport } from "./shown-paths.ts";
import type { Subject } from "./subject.ts";

/** How a report is written. */
export interface ReportOptions {
  readonly output?: readonly Output[];
  readonly outputFile?: string;
  readonly showAll?: boolean;
  readonly waive?: WaiveCommand;
}

/** Writes a report as the options ask for it. `subject`: the tree that it is about, and how its paths are shown. */
export async function printReport(
  report: Report,
  subject: { readonly tree: Tree; readonly shown: Subject["shown"] },
  options: ReportOptions,
  blocks: FormatOptions["blocks"],
): Promise<void> {
  const shown = shownReport(report, subject.shown);
  const outputs = outputsOf(options.output, options.outputFile);
  const quoted = outputs.some(({ format }) => format === "pretty")
    ? report.findings.filter(({ status }) => status !== "fixed")
    : [];
  const readLine = await lineReader(
    subject.tree,
    quoted.map(({ location }) => location.path),
    subject.shown,
  );
  await writeOutputs(outputs, async (name, toTerminal) => {
    const format = await formats[name]();
    const colour = toTerminal && coloured(process.stdout);
    const columns = toTerminal && process.stdout.isTTY ? process.stdout.columns : undefined;
    return format(shown, {
      readLine,
      colour,
      ...(columns === undefined ? {} : { columns }),
      showAll: options.showAll === true,
      blocks,
      ...(options.waive === undefined ? {} : { waive: options.waive }),
    });
  });
}
