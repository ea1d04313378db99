import type { Report } from "../model/report.ts";
import type { Blocks } from "./format.ts";
import { restoredId } from "./restores.ts";
import { count, isNothingJudged, judgedObjects, touchesNothing, unseenCount, verdictSentence } from "./wording.ts";

/** What blocks and where in a few words, and how much was judged: the title of a check run, without a limit. */
export function checkTitle(report: Report, blocks: Blocks): string {
  const { mode, verdict } = report;
  const blocking = blockingParts(report, blocks);
  const nothing = verdict === "pass" && (isNothingJudged(report) || touchesNothing(report));
  const parts = [
    ...(blocking.length > 0 ? blocking : [verdictSentence(report, blocks)]),
    ...(nothing ? [] : [`${judgedObjects(report)} judged`]),
    ...(report.restores === undefined ? [] : [`restores ${restoredId(report.restores)}`]),
    ...[unseenCount(report) ?? []].flat(),
  ];
  return `${mode === "report" ? "report only: " : ""}${parts.join(" · ")}`;
}

function blockingParts({ findings, mode, problems, verdict }: Report, blocks: Blocks): readonly string[] {
  const unjudged = problems.filter(blocks);
  const blocking = findings.filter(blocks);
  const verb = mode === "report" ? "would block" : blocking.length === 1 ? "blocks" : "block";
  return [
    ...(verdict !== "error" || unjudged.length === 0 ? [] : [unjudgedPart(unjudged.map(({ path }) => path))]),
    ...(blocking.length === 0
      ? []
      : [`${count(blocking.length, "finding")} ${verb} ${inFiles(blocking.map(({ location }) => location.path))}`]),
  ];
}

function unjudgedPart(paths: readonly (string | undefined)[]): string {
  if (paths.includes(undefined)) return `Could not be judged: ${count(paths.length, "problem")}`;
  return `${count(new Set(paths).size, "file")} could not be judged`;
}

function inFiles(paths: readonly string[]): string {
  return `in ${count(new Set(paths).size, "file")}`;
}
