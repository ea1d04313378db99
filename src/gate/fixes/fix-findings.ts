import type { Finding } from "../../model/finding.ts";
import type { Report } from "../../model/report.ts";
import type { CheckRequest } from "../check-request.ts";
import { check } from "../check.ts";
import { memoryCache } from "../memory-cache.ts";
import { blame, type Blame } from "./blame.ts";
import { draftFixes, placeOf, readOriginals, type Fixable, type Texts, type Unfixed } from "./draft-fixes.ts";
import { editedTree } from "./edited-tree.ts";
import { verifyFixes } from "./verify-fixes.ts";

/** The verified fixes of the findings of a tree. */
export interface Fixes {
  readonly fixed: readonly Finding[];
  /** Findings whose policy declares a fix that is not made, with the reason. */
  readonly unfixed: readonly Unfixed[];
  /** The files that the fixes edit, sorted by path. */
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
}

/** Judgements that one search for fixes may take. */
const MOST_JUDGEMENTS = 60;
const CACHE_BYTES = 128 * 1024 * 1024;

/**
 * Fixes the findings of a report whose policies declare how, in memory: the tree with the edits is judged as a change, and a
 * fix is made only if its finding goes, and no finding and no problem comes. All are judged together first; if that fails,
 * those again that are not about what it brings, and ever smaller groups of the others.
 */
export async function fixFindings(request: CheckRequest, report: Report): Promise<Fixes> {
  const fixables = fixablesOf(request, report);
  const originals = await readOriginals(
    request.after,
    fixables.map(({ finding }) => placeOf(finding).path),
  );
  const drafted = draftFixes(fixables, originals);
  const searched = await confirmFixes(drafted.made.toSorted(byPlace), request, report, { originals });
  const { texts } = draftFixes(searched.accepted, originals);
  return {
    fixed: searched.accepted.map(({ finding }) => finding),
    unfixed: [...drafted.unfixed, ...searched.unfixed].toSorted((one, other) => byPlace(one, other)),
    files: [...texts]
      .map(([path, after]) => ({ path, before: originals.get(path) ?? "", after }))
      .filter(({ before, after }) => before !== after)
      .toSorted((one, other) => (one.path < other.path ? -1 : 1)),
  };
}

/** How fixes are confirmed. */
export interface Confirming {
  readonly originals: Texts;
  /** New lines follow the line of the finding. */
  readonly beside?: boolean;
  /** The most judgements that it may take. */
  readonly most?: number;
}

/** The fixes that can be made together, as judgements of the tree with them confirm; and the others. */
export async function confirmFixes(
  fixables: readonly Fixable[],
  request: CheckRequest,
  report: Report,
  confirming: Confirming,
): Promise<{ readonly accepted: readonly Fixable[]; readonly unfixed: readonly Unfixed[] }> {
  const search = new Search({ ...request, cache: request.cache ?? memoryCache(CACHE_BYTES) }, report, confirming);
  await search.take(fixables);
  return search;
}

/** The findings of a report whose policies declare a fix. */
export function fixablesOf({ judge }: CheckRequest, { findings }: Report): readonly Fixable[] {
  const fixes = new Map(judge.policies.flatMap(({ id, fix }) => (fix === undefined ? [] : [[id, fix] as const])));
  return findings.flatMap((finding) => {
    const fix = finding.status === "fixed" ? undefined : fixes.get(finding.policy);
    return fix === undefined ? [] : [{ finding, fix }];
  });
}

/** The search for the largest set of fixes that a judgement confirms. */
class Search {
  readonly accepted: Fixable[] = [];
  readonly unfixed: Unfixed[] = [];
  #judged = 0;
  readonly #request: CheckRequest;
  readonly #report: Report;
  readonly #confirming: Required<Confirming>;

  constructor(request: CheckRequest, report: Report, confirming: Confirming) {
    this.#request = request;
    this.#report = report;
    this.#confirming = { beside: false, most: MOST_JUDGEMENTS, ...confirming };
  }

  async take(group: readonly Fixable[]): Promise<void> {
    if (group.length === 0) return;
    const { originals, beside, most } = this.#confirming;
    if (this.#judged >= most) {
      this.#refuse(group, `not verified: ${most} judgements were not enough`);
      return;
    }
    this.#judged += 1;
    const { texts, made } = draftFixes([...this.accepted, ...group], originals, beside);
    const { left, broken } = verifyFixes(
      made.map(({ finding }) => finding),
      this.#report,
      await this.#judge(texts),
    );
    if (broken.length === 0 && left.size === 0) this.accepted.push(...group);
    else if (broken.length === 0 && group.some(({ finding }) => left.has(finding))) {
      this.#refuse(
        group.filter(({ finding }) => left.has(finding)),
        "the finding would remain",
      );
      await this.take(group.filter(({ finding }) => !left.has(finding)));
    } else if (group.length === 1) this.#refuse(group, wouldBring(broken[0]?.message ?? ""));
    else await this.#takeParts(group, blame(group, broken));
  }

  /** Where it is known which fixes are to blame, the others are judged without them; else each half by itself. */
  async #takeParts(group: readonly Fixable[], blamed: Blame | undefined): Promise<void> {
    const { guilty = new Map<Fixable, string>(), layers = [], innocent = [] } = blamed ?? {};
    for (const [fixable, message] of guilty) this.#refuse([fixable], wouldBring(message));
    const parts = [innocent, ...layers];
    if (guilty.size > 0) await this.take([...innocent, ...layers.flat()]);
    else
      for (const part of parts.some((one) => one.length === group.length) || blamed === undefined
        ? halves(group)
        : parts)
        await this.take(part);
  }

  #refuse(group: readonly Fixable[], reason: string): void {
    this.unfixed.push(...group.map(({ finding }) => ({ finding, reason })));
  }

  #judge(texts: Texts): Promise<Report> {
    const { after } = this.#request;
    return check({ ...this.#request, before: after, after: editedTree(after, texts) });
  }
}

function wouldBring(message: string): string {
  return `it would bring another finding: ${message}`;
}

/** Halves of a group; findings at one place of a file stay together as long as possible, since their fixes share lines. */
function halves(group: readonly Fixable[]): readonly (readonly Fixable[])[] {
  const middle = Math.floor(group.length / 2);
  return [group.slice(0, middle), group.slice(middle)];
}

function byPlace({ finding: one }: Pick<Fixable, "finding">, { finding: other }: Pick<Fixable, "finding">): number {
  const [here, there] = [placeOf(one), placeOf(other)];
  return here.path === there.path ? here.line - there.line : here.path < there.path ? -1 : 1;
}
