import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { renderNotice, renderPage } from "../../report/page/render-page.ts";
import type { ReportPage } from "../../report/page/report-page.ts";
import { REPORT_DAYS, REPORTS_KEPT } from "../../store/reports.ts";
import type { UsesStore } from "../services.ts";
import { pageHeaders } from "./page-headers.ts";
import type { ReportLinks } from "./report-links.ts";

const decompress = promisify(gunzip);

/** A page as it is sent. */
export interface PageAnswer {
  readonly status: number;
  readonly text: string;
  readonly type: string;
  readonly headers: { readonly [name: string]: string };
}

/** What `answerReport` needs. */
export type AnswerReportServices = UsesStore<"findReport" | "findRunOfJob">;

/**
 * The page of a report. What is unknown, no longer kept or wrongly signed gets one and the same answer, so that nobody
 * learns by asking which reports there are.
 */
export async function answerReport(
  services: AnswerReportServices,
  links: ReportLinks,
  path: string,
  query: string,
): Promise<PageAnswer> {
  const job = links.jobOf(path, query);
  if (job === undefined) return absent();
  const content = await services.store.findReport(job);
  if (content !== undefined) {
    const page = JSON.parse((await decompress(content)).toString("utf8")) as ReportPage;
    return answer(200, renderPage(page), "private, max-age=60");
  }
  const run = await services.store.findRunOfJob(job);
  if (run === undefined) return absent();
  if (run.conclusion === undefined) {
    const text = "The report is shown here as soon as the check is concluded. Load this page again then.";
    return answer(200, renderNotice("This change is being judged", text));
  }
  if (run.conclusion === "superseded") {
    const text = "A newer state of the pull request was judged instead. Its check links to its own report.";
    return answer(200, renderNotice("This check was superseded", text));
  }
  return absent();
}

function absent(): PageAnswer {
  const text = `A report is kept for ${REPORT_DAYS} days, and of each pull request the newest ${REPORTS_KEPT}. To have one again, re-run the check or comment “/portcullis recheck” on the pull request.`;
  return answer(404, renderNotice("There is no such report", text));
}

function answer(status: number, text: string, cache = "private, no-store"): PageAnswer {
  return { status, text, type: "text/html; charset=utf-8", headers: { ...pageHeaders(), "cache-control": cache } };
}
