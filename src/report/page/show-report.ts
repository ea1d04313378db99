import type { Finding, ReportedProblem } from "../../model/finding.ts";
import type { ManifestChange, Report } from "../../model/report.ts";
import { changeNotes, changesLine, remoteChangeLines, staleLines } from "../changes.ts";
import type { Blocks, ReadLine } from "../format.ts";
import { circumstancesOf } from "../landing.ts";
import { cellText, columnsOf, foldedRows, matrixOf } from "../matrix.ts";
import { excerptOf } from "../source-excerpt.ts";
import { fitUtf8, utf8Length } from "../utf8.ts";
import { isWaived, unwaived, waiverLines } from "../waivers.ts";
import { gapsByReason, groupedProblems, isChange, nameOf, scopeOf, skippedByReason, worstFirst } from "../wording.ts";
import type {
  Grouped,
  Listed,
  MatrixLine,
  PolicyText,
  ShownChange,
  ShownFinding,
  ShownProblem,
  ShownReport,
} from "./report-page.ts";

/** What a page needs besides the report, whose lines are those of the judged tree. */
export interface ShowOptions {
  readonly blocks: Blocks;
  /** The line of the head, which GitHub shows, for one of the judged tree. */
  readonly lineOnHead: (path: string, line: number) => number;
  readonly readLine: ReadLine;
}

const LONGEST_TEXT = 2_000;
const LONGEST_NAME = 400;
const LONGEST_DIFF = 4_000;
const MOST_PLACES = 10;
const MOST_ENVIRONMENTS = 20;
const MOST_COLUMNS = 8;
const MOST_ROWS = 40;
/** Of everything that is shown, in bytes of JSON. */
const MOST_BYTES = 1_500_000;
/** Of one list. */
const MOST = 500;
const FEW = 200;

/** What the page of a report shows: all of a usual report, and of a very large one what matters most, with totals. */
export function showReport(all: Report, options: ShowOptions): ShownReport {
  const { blocks } = options;
  const report = unwaived(all);
  const room = { left: MOST_BYTES };
  const isOld = (problem: ReportedProblem): boolean => isChange(report) && !blocks(problem);
  const findings = (is: (finding: Finding) => boolean, most = MOST, waived = false): Listed<ShownFinding> => {
    const which = (finding: Finding): boolean => isWaived(finding) === waived && is(finding);
    return list(worstFirst(all.findings.filter(which), blocks), most, room, (finding) =>
      shownFinding(finding, options),
    );
  };
  const problems = (which: readonly ReportedProblem[]): Listed<ShownProblem> =>
    list(groupedProblems(which), FEW, room, (group) => shownProblem(group, options));
  const gaps = (touched: boolean): Listed<Grouped> =>
    list(gapsByReason(report, { touched }), FEW, room, ({ reason, sources }) => grouped(reason, sources));
  const skipped = (touched: boolean): Listed<Grouped> =>
    list(skippedByReason(report, { touched }), FEW, room, ({ reason, paths }) => grouped(reason, paths));
  const rows = matrixOf(report);
  const columns = columnsOf(rows).slice(0, MOST_COLUMNS);

  // What stands first has the room first.
  const blocking = findings(blocks);
  const introducedProblems = problems(report.problems.filter((problem) => !isOld(problem)));
  const touchedSkipped = skipped(true);
  const touchedGaps = gaps(true);
  const matrix =
    rows.length > 1 && columns.length > 0
      ? list(foldedRows(rows, MOST_ROWS), MOST_ROWS, room, (row) => matrixLine(row, columns))
      : NOTHING;
  const warnings = findings((finding) => !blocks(finding) && finding.status === "introduced");
  const line = changesLine(report);
  const first = {
    ...pick(report),
    scope: scopeOf(report),
    blocking,
    problems: introducedProblems,
    skipped: touchedSkipped,
    gaps: touchedGaps,
    matrix,
    matrixPolicies: columns.map(name),
    warnings,
    changes: list(report.manifestChanges ?? [], MOST, room, shownChange),
    ...(line === undefined ? {} : { changesLine: line }),
    stale: list(staleLines(report), FEW, room, text),
    remoteChanges: list(remoteChangeLines(report), FEW, room, text),
    existing: findings((finding) => !blocks(finding) && finding.status === "existing", FEW),
    fixed: findings((finding) => finding.status === "fixed", FEW),
    waivers: list(waiverLines(all).notable, FEW, room, text),
    waived: findings(() => true, FEW, true),
    waivedProblems: problems(all.problems.filter(isWaived)),
    oldProblems: problems(report.problems.filter(isOld)),
    oldGaps: gaps(false),
    oldSkipped: skipped(false),
  };
  const shown = [first.blocking, first.warnings, first.existing, first.fixed, first.waived].flatMap(
    ({ items }) => items,
  );
  return {
    ...first,
    described: describe(report, new Set(shown.map(({ policy }) => policy))),
    remotes: list(report.remotes ?? [], FEW, room, ({ reference, version, digest, source, stale }) => ({
      reference: text(reference),
      version: name(version),
      digest: name(digest),
      source: name(source),
      ...(stale === true ? { stale } : {}),
    })),
    sources: list(report.sources, FEW, room, ({ id, kind, path, line: at, environments, manifests }) => ({
      id: name(id),
      kind,
      path: name(path),
      line: at,
      environments: environments.slice(0, MOST_ENVIRONMENTS).map(name),
      manifests,
    })),
    files: list(report.checked, MOST, room, ({ path, manifests }) => ({ path: name(path), manifests })),
    unknownKinds: list(report.unknownKinds ?? [], FEW, room, ({ kind, manifests }) => ({
      kind: name(kind),
      manifests,
    })),
  };
}

const NOTHING = { items: [], total: 0 };

function pick({
  verdict,
  mode,
  now,
  policies,
  judged,
  counts,
}: Report): Pick<ShownReport, "verdict" | "mode" | "now" | "policies" | "judged" | "counts"> {
  return { verdict, mode, now, policies, judged, counts };
}

/** The first items, at most `most`, as far as there is room for them. */
function list<From, Item>(
  all: readonly From[],
  most: number,
  room: { left: number },
  show: (from: From) => Item,
): Listed<Item> {
  const items: Item[] = [];
  for (const from of all.slice(0, most)) {
    const item = show(from);
    const size = utf8Length(JSON.stringify(item));
    if (size > room.left) break;
    room.left -= size;
    items.push(item);
  }
  return { items, total: all.length };
}

function shownFinding(finding: Finding, { lineOnHead, readLine }: ShowOptions): ShownFinding {
  const { path, line } = finding.location;
  const at = finding.status === "fixed" ? line : lineOnHead(path, line);
  const excerpt = finding.status === "fixed" ? undefined : excerptOf(finding, readLine);
  return {
    policy: name(finding.policy),
    level: finding.level,
    message: text(finding.message),
    ...(finding.changed === true ? { changed: true } : {}),
    manifest: name(nameOf(finding.manifest)),
    path: name(path),
    line: at,
    circumstances: circumstancesOf(finding).map(text),
    ...(excerpt === undefined ? {} : { excerpt: { ...excerpt, line: at } }),
  };
}

function shownProblem(
  problems: readonly [ReportedProblem, ...ReportedProblem[]],
  { blocks, lineOnHead }: ShowOptions,
): ShownProblem {
  const [{ stage, status, message }] = problems;
  return {
    stage,
    status,
    message: text(message),
    blocks: blocks(problems[0]),
    places: few(problems, ({ path, line }) => ({
      ...(path === undefined ? {} : { path: name(path) }),
      ...(path === undefined || line === undefined ? {} : { line: lineOnHead(path, line) }),
    })),
  };
}

function grouped(reason: string, of: readonly string[]): Grouped {
  return { reason: text(reason), of: few(of, name) };
}

function few<From, Item>(all: readonly From[], show: (from: From) => Item): Listed<Item> {
  return { items: all.slice(0, MOST_PLACES).map(show), total: all.length };
}

function shownChange(change: ManifestChange): ShownChange {
  const { kind, manifest, diff } = change;
  return {
    kind,
    manifest: name(nameOf(manifest)),
    notes: changeNotes(change).map(name),
    ...(diff === undefined ? {} : { diff: fitUtf8(diff, LONGEST_DIFF) }),
  };
}

function matrixLine(
  { environments, policies }: ReturnType<typeof foldedRows>[number],
  columns: readonly string[],
): MatrixLine {
  return {
    environments: environments.slice(0, MOST_ENVIRONMENTS).map(name),
    cells: columns.map((column) => cellText(policies.find(({ policy }) => policy === column))),
  };
}

/** What the policies of these ids say about themselves. */
function describe({ findings }: Report, shown: ReadonlySet<string>): readonly PolicyText[] {
  const texts = new Map<string, PolicyText>();
  for (const { policy, title, description, docs } of findings) {
    const id = name(policy);
    if (!shown.has(id) || texts.has(id)) continue;
    texts.set(id, {
      id,
      ...(title === undefined ? {} : { title: name(title) }),
      ...(description === undefined ? {} : { description: text(description) }),
      ...(docs === undefined ? {} : { docs: text(docs) }),
    });
  }
  return [...texts.values()];
}

function text(of: string): string {
  return fitUtf8(of, LONGEST_TEXT);
}

function name(of: string): string {
  return fitUtf8(of, LONGEST_NAME);
}
