import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Config } from "../../model/config.ts";
import { broughtBy, hadBy } from "../../gate/restoring/had.ts";
import type { Report } from "../../model/report.ts";
import { blocksBy } from "../../report/format.ts";
import type { ReportPage } from "../../report/page/report-page.ts";
import { restoresSentences } from "../../report/restores.ts";
import { showReport } from "../../report/page/show-report.ts";
import type { LineMap } from "../mirror/hunks.ts";
import type { Body } from "../publish/check-body.ts";
import type { LiveRun } from "../publish/check-run.ts";
import type { Services, UsesStore } from "../services.ts";
import type { Target } from "../target.ts";

const compress = promisify(gzip);

/** What `keepReport` needs. */
export type KeepReportServices = UsesStore<"keepHad" | "saveReport"> & Pick<Services, "reportUrl">;

/** The result of a run, for its page. */
export interface KeptResult {
  readonly run: Pick<LiveRun, "job" | "work">;
  readonly target: Target;
  /** The name of the check. */
  readonly check: string;
  /** What the check is concluded with, and what it would be for this target alone. */
  readonly published: Pick<Body, "conclusion" | "output" | "plain">;
  readonly own: Pick<Body, "output">;
  readonly base?: string;
  /** The report, whose lines are those of the judged tree; absent where nothing was judged. */
  readonly judged?: {
    readonly report: Report;
    readonly lines: LineMap;
    readonly notes: readonly string[];
    readonly block: Config["block"];
    readonly gaps?: Config["gaps"];
  };
}

/**
 * Stores the result of a run for its page, before the check links to it, where a page can be reached; and what the tree has,
 * for changes that restore it once it is merged.
 */
export async function keepReport(services: KeepReportServices, result: KeptResult): Promise<void> {
  if (result.judged !== undefined) {
    const { report, gaps } = result.judged;
    // What rules in mode report let through was there before the gate.
    const brought = report.mode === "report" ? [] : broughtBy(report, gaps);
    await services.store.keepHad(result.run.job, hadBy(report, gaps), brought);
  }
  if (services.reportUrl === undefined) return;
  const { job, work } = result.run;
  const content = await compress(JSON.stringify(pageOf(result)));
  await services.store.saveReport({ job, work, repository: result.target.repository.id, content });
}

function pageOf({ target, check, published, own, base, judged }: KeptResult): ReportPage {
  const { repository, pull, head, baseRef } = target;
  const { title } = published.output;
  const alone = title === own.output.title ? [] : [`Judged for this pull request alone: ${own.output.title}.`];
  return {
    version: 1,
    title,
    conclusion: published.conclusion,
    check,
    repository: { name: `${repository.owner}/${repository.name}`, url: repository.cloneUrl.replace(/\.git$/, "") },
    ...(pull === undefined ? {} : { pull: pull.number }),
    baseRef,
    head,
    ...(base === undefined ? {} : { base }),
    notes: [
      ...alone,
      ...(judged === undefined ? [] : restoresSentences(judged.report, String)),
      ...(judged?.notes ?? [published.plain ?? title]),
    ],
    ...(judged === undefined
      ? {}
      : {
          report: showReport(judged.report, {
            blocks: blocksBy({ failOn: "deny", block: judged.block }),
            lineOnHead: (path, line) => judged.lines(path, line).line,
            readLine: () => undefined,
          }),
        }),
  };
}
