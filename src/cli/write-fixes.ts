import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckRequest } from "../gate/check-request.ts";
import { editedTree } from "../gate/fixes/edited-tree.ts";
import { fixFindings, type Fixes } from "../gate/fixes/fix-findings.ts";
import { fixDiff } from "../gate/fixes/fix-diff.ts";
import { placeOf } from "../gate/fixes/draft-fixes.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { Tree } from "../model/tree.ts";
import { inert } from "../report/inert-text.ts";
import { count } from "../report/wording.ts";
import type { Subject } from "./subject.ts";

/** How `check --fix` was asked for. */
export interface WriteFixesOptions {
  /** Files stay as they are, and the difference goes to stdout. */
  readonly dryRun: boolean;
  readonly say: (line: string) => void;
}

/**
 * Fixes what a report found in the files of a directory, and says on stderr what was fixed and what was not. Returns the tree
 * with the fixes, or undefined where the files stay as they are.
 */
export async function writeFixes(
  request: CheckRequest,
  report: Report,
  { after, shown }: Subject,
  { dryRun, say }: WriteFixesOptions,
): Promise<Tree | undefined> {
  const fixes = await fixFindings(request, report);
  sayFixes(fixes, shown, dryRun ? "would be fixed" : "fixed", say);
  if (dryRun) {
    for (const { path, ...texts } of fixes.files) process.stdout.write(fixDiff(shown(path), texts));
    return undefined;
  }
  for (const { path, after: text } of fixes.files) writeFileSync(join(after.name, path), text);
  return editedTree(after, new Map(fixes.files.map(({ path, after: text }) => [path, text])));
}

function sayFixes(
  { fixed, unfixed, files }: Fixes,
  shown: Subject["shown"],
  word: string,
  say: (line: string) => void,
): void {
  const lineOf = (finding: Finding): string => {
    const { path, line } = placeOf(finding);
    return inert(`${shown(path)}:${line}: ${finding.policy}: ${finding.message}`);
  };
  for (const finding of fixed) say(`${word}: ${lineOf(finding)}`);
  for (const { finding, reason } of unfixed) say(`not fixed: ${lineOf(finding)} (${inert(reason)})`);
  if (fixed.length === 0 && unfixed.length === 0) say("no finding has a policy that declares a fix");
  else say(`${count(fixed.length, "finding")} ${word} in ${count(files.length, "file")}, ${unfixed.length} not`);
}
