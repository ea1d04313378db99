import type { Change } from "../../model/change.ts";
import type { Finding, Location } from "../../model/finding.ts";
import type { SourceNode } from "../../model/source.ts";
import type { SourcePlace } from "../../render/unit.ts";
import type { Classified } from "../comparing/classify.ts";
import type { Draft } from "../comparing/drafts.ts";
import type { JudgedStates } from "../judging/judge-states.ts";
import { relocate, type ChangedFiles } from "./relocate.ts";

/** A finding about one object, with where it comes from. */
export interface PlacedFinding {
  readonly finding: Finding;
  /** Where the value stands, whatever line the finding is shown on. */
  readonly place: Location;
  /** `place` is no more than where what yields the object is declared, or a text that may yield several. */
  readonly vague: boolean;
  readonly draft: Pick<Draft, "named" | "reads">;
}

/**
 * Makes findings of drafts with their status. A finding introduced through a source is placed on the changed line that
 * introduced it, if there is one. `files` is undefined without a tree before.
 */
export async function placeFindings(
  classified: readonly Classified[],
  change: JudgedStates,
  files: ChangedFiles | undefined,
): Promise<readonly PlacedFinding[]> {
  const { changeOf, before, after } = change;
  const findings: PlacedFinding[] = [];
  for (const { draft, status, changed, restored } of classified) {
    const side = status === "introduced" && files !== undefined ? await changedSide(draft, files) : undefined;
    const finding: Finding = {
      ...draft.finding,
      ...side,
      status,
      ...(changed === undefined ? {} : { changed }),
      ...(restored === undefined ? {} : { restored }),
    };
    const source = draft.about.source;
    const nodes = source === undefined ? [] : [after.sources.get(source), before.sources.get(source)];
    const [node] = nodes.filter((one) => one !== undefined);
    const place = draft.finding.location;
    const placed = { place, vague: isVague(place, node), draft };
    if (files === undefined || node === undefined || status !== "introduced") {
      findings.push({ ...placed, finding });
      continue;
    }
    const manifest = after.judged.get(draft.about);
    const placeBefore = await placeIn(
      change,
      manifest === undefined ? undefined : changeOf.get(manifest),
      finding.pointer,
    );
    const moved = await relocate(
      {
        finding,
        ...(manifest === undefined ? {} : { manifest }),
        ...(placeBefore === undefined ? {} : { placeBefore }),
        declaredIn: node.path,
        reads: nodes.flatMap((one) => one?.reads ?? []),
        ...(source !== undefined && !after.sources.has(source) ? { wentAt: node.line } : {}),
      },
      files,
    );
    findings.push({ ...placed, finding: moved === undefined ? finding : { ...finding, ...moved } });
  }
  return findings;
}

/** Whether a place says no more than which source yields the object. */
function isVague(
  { path, line, endLine = line, precision, fetched }: Location,
  node: Pick<SourceNode, "path" | "line"> | undefined,
): boolean {
  if (fetched !== undefined || precision === "parent") return false;
  // A text of several lines may hold several objects.
  if (precision === "value") return endLine > line;
  return precision === "source" || (path === node?.path && line === node.line);
}

/**
 * Of a finding about values that do not go together, the first of them on a changed line; undefined if that is the one
 * it is placed at, or none is.
 */
async function changedSide(
  { finding, compared = [] }: Draft,
  files: ChangedFiles,
): Promise<Pick<Finding, "location" | "pointer"> | undefined> {
  if (compared.length === 0) return undefined;
  for (const side of [finding, ...compared]) {
    const { path, line, endLine = line } = side.location;
    if (!files.changed(path)) continue;
    const lines = await files.linesOf(path);
    if (!lines.some((changed) => changed.line >= line && changed.line <= endLine)) continue;
    return side === finding ? undefined : { location: side.location, pointer: side.pointer };
  }
  return undefined;
}

async function placeIn(
  { before }: JudgedStates,
  change: Change | undefined,
  pointer: string,
): Promise<SourcePlace | undefined> {
  if (change === undefined || change.kind === "created") return undefined;
  const reading = before.readings.get(change.before)?.reading;
  await reading?.prepare?.();
  return reading?.place(change.before, pointer);
}
