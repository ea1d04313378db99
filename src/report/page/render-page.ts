import { documentOf } from "./document.ts";
import { changesPart, stalePart, versionsPart } from "./changes.ts";
import { findingsPart } from "./findings.ts";
import { markup, type Markup } from "./markup.ts";
import { inventoryParts } from "./inventory.ts";
import { matrixPart } from "./matrix.ts";
import { waiversPart } from "./waivers.ts";
import { problemsPart, reasonsPart } from "./unjudged.ts";
import type { ReportPage, ShownReport } from "./report-page.ts";
import { footerPart, summaryPart } from "./summary.ts";

/** The page of a report as an HTML document without scripts, images or anything else to load. */
export function renderPage(page: ReportPage): string {
  const { repository, pull, title } = page;
  const subject = pull === undefined ? repository.name : `${repository.name}#${pull}`;
  const body = markup`${summaryPart(page)}
    <main>${page.report === undefined ? undefined : sections(page, page.report)}</main>
    ${footerPart(page)}`;
  return documentOf(`${title} · ${subject}`, body);
}

/** A page that says only so much. */
export function renderNotice(heading: string, text: string): string {
  return documentOf(
    heading,
    markup`<header><h1>${heading}</h1></header>
      <main><p>${text}</p></main>`,
  );
}

const NOTHING = { items: [], total: 0 };

function sections(page: ReportPage, report: ShownReport): readonly Markup[] {
  const { head } = page;
  const blocks = report.mode === "report" ? "Would block" : "Blocks";
  return [
    findingsPart(page, report, { id: "blocks", heading: blocks, findings: report.blocking, commit: head }),
    problemsPart(page, { id: "problems", heading: "Could not be judged" }, report.problems),
    reasonsPart({ id: "skipped", heading: "Not judged, though this change touches it" }, report.skipped, "file"),
    reasonsPart({ id: "gaps", heading: "Not rendered, though this change touches it" }, report.gaps, "source"),
    matrixPart(report),
    findingsPart(page, report, { id: "warnings", heading: "Does not block", findings: report.warnings, commit: head }),
    waiversPart(report),
    stalePart(report),
    versionsPart(report),
    changesPart(report),
    findingsPart(page, report, {
      id: "existing",
      heading: "Existing: there before this change",
      findings: report.existing,
      commit: head,
      collapsed: true,
    }),
    findingsPart(page, report, {
      id: "waived",
      heading: "Waived",
      findings: report.waived ?? NOTHING,
      commit: head,
      collapsed: true,
    }),
    problemsPart(
      page,
      { id: "waived-problems", heading: "Could not be judged, and waived", collapsed: true },
      report.waivedProblems ?? NOTHING,
    ),
    findingsPart(page, report, {
      id: "fixed",
      heading: "Fixed by this change",
      intro: "The lines are those before this change.",
      findings: report.fixed,
      commit: page.base,
      collapsed: true,
    }),
    problemsPart(
      page,
      { id: "old-problems", heading: "Could not be judged, as before this change", collapsed: true },
      report.oldProblems,
    ),
    reasonsPart({ id: "old-gaps", heading: "Not rendered", collapsed: true }, report.oldGaps, "source"),
    reasonsPart({ id: "old-skipped", heading: "Not judged", collapsed: true }, report.oldSkipped, "file"),
    ...inventoryParts(report),
  ].filter((part) => part !== undefined);
}
