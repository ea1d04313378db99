import type { Config } from "../../model/config.ts";
import type { Gap, SourceNode } from "../../model/source.ts";
import type { ReportedProblem } from "../../model/finding.ts";
import type { ReportedGap } from "../../model/report.ts";
import type { OpenGap } from "../remotes/told-gaps.ts";
import { sourceKey } from "../fingerprint.ts";
import type { JudgedState } from "../judging/judge-states.ts";

/** A gap with what tells its source from those of its name; absent where no source of the tree has it. */
export interface KnownGap extends Gap {
  readonly of?: Pick<SourceNode, "id" | "name" | "path" | "environments">;
}

/** The gaps of one tree. */
export function gapsOf({ state, sources, results }: JudgedState): readonly KnownGap[] {
  const gaps = [...state.graph.gaps, ...[...results.values()].flatMap((judged) => judged.gaps ?? [])];
  return gaps.map((gap) => {
    const of = sources.get(gap.source);
    return of === undefined ? gap : { ...gap, of };
  });
}

/** The gaps of the tree after, each once, with what the change brings or alters; `before` is undefined without a change. */
export function reportGaps(before: readonly KnownGap[] | undefined, after: readonly KnownGap[]): readonly OpenGap[] {
  const isNew = before === undefined ? () => false : newsAmong(before, after);
  const each = new Map<string, OpenGap>();
  for (const gap of after) {
    const { source, path, line, reason, unpermitted } = gap;
    const key = JSON.stringify([source, path, line, reason]);
    const touched = isNew(gap);
    if (touched || !each.has(key))
      each.set(key, {
        source,
        path,
        line,
        reason,
        ...(touched ? { touched } : {}),
        ...(unpermitted === undefined ? {} : { unpermitted }),
      });
  }
  return [...each.values()];
}

/**
 * Whether a gap was not there before. Of sources with one name each file has its own, so that another one brings its own gap
 * and touches none; one that only moved to another file keeps its gap.
 */
function newsAmong(before: readonly KnownGap[], after: readonly KnownGap[]): (gap: KnownGap) => boolean {
  const [was, is] = [filesByGap(before), filesByGap(after)];
  return (gap) => {
    const key = keyOf(gap);
    const [old, now] = [was.get(key) ?? [], is.get(key) ?? []];
    const come = without(now, old);
    return come.length > without(old, now).length && come.includes(fileOf(gap));
  };
}

/** For each gap the files of the sources that have it, a file as often as it has sources. */
function filesByGap(gaps: readonly KnownGap[]): ReadonlyMap<string, readonly string[]> {
  const files = new Map<string, Map<string, string>>();
  for (const gap of gaps) {
    const key = keyOf(gap);
    const bySource = files.get(key) ?? new Map<string, string>();
    files.set(key, bySource.set(gap.source, fileOf(gap)));
  }
  return new Map([...files].map(([key, bySource]) => [key, [...bySource.values()]]));
}

/** A gap is what it was where its source, its reason and all that it depends on are. */
function keyOf({ source, of, reason, inputs }: KnownGap): string {
  return JSON.stringify([of === undefined ? source : sourceKey(of), reason, inputs ?? null]);
}

function fileOf({ of }: KnownGap): string {
  return of?.path ?? "";
}

/** The items that are left once those of the other list are taken away, each as often as it has them. */
function without(items: readonly string[], others: readonly string[]): readonly string[] {
  const open = [...others];
  return items.filter((item) => {
    const at = open.indexOf(item);
    if (at !== -1) open.splice(at, 1);
    return at === -1;
  });
}

/** The problems that gaps are, by the configuration. */
export function gapProblems(
  gaps: readonly ReportedGap[],
  block: Config["gaps"],
  isChange: boolean,
): readonly ReportedProblem[] {
  return gaps
    .filter(({ touched }) => block !== "allow" && (touched === true || (block === "block" && !isChange)))
    .map(({ source, path, line, reason }) => ({
      stage: "render",
      status: "introduced",
      path,
      line,
      message: `${source} is not fully judged: ${reason}`,
    }));
}
