import type { UnjudgedSource } from "../desired-state.ts";
import { contentId } from "../files/content-id.ts";
import type { AppliedSource } from "../gitops.ts";
import { planStep } from "../steps/plan-step.ts";
import type { RenderContext } from "../steps/step.ts";
import type { Instance, Planning } from "./explore-objects.ts";
import { unpaired } from "./unpaired.ts";

/**
 * The sources of the tree before that left judgement: none of this tree asks what they asked, since their object is gone
 * and its plan cannot be asked of this tree, and yet a file that they read is new or altered. What only loses files is no
 * such source: the tool that would still apply it is given nothing that was not judged.
 */
export async function unjudgedSources(
  applied: readonly AppliedSource[],
  present: readonly Instance[],
  again: readonly Planning[],
  context: RenderContext,
): Promise<readonly UnjudgedSource[]> {
  const judged = present.map(({ plannedSource }) => plannedSource);
  const gone = unpaired<Pick<AppliedSource, "source">>(applied, judged, [
    ({ source: { id, environments, path } }) => JSON.stringify([id, environments, path]),
    ({ source: { id, path } }) => JSON.stringify([id, path]),
  ]);
  const left = new Set(gone);
  const found: UnjudgedSource[] = [];
  for (const one of applied) {
    if (!left.has(one)) continue;
    const { source } = one;
    // The object may only have moved to another file.
    const moved = judged.filter(({ source: { id, environments } }) => isSame([id, environments], source));
    const known = new Set(moved.flatMap(({ reads }) => reads.map(({ path }) => path)));
    const file = (await changedReads(one, context)).find((path) => !known.has(path));
    if (file !== undefined) found.push({ source, file, reason: reasonOf(source.id, again) });
  }
  return found;
}

function isSame(one: readonly unknown[], { id, environments }: AppliedSource["source"]): boolean {
  return JSON.stringify(one) === JSON.stringify([id, environments]);
}

/** The files of this tree that the source would read and that are not what they were, sorted. */
async function changedReads(
  { source, steps, reads }: AppliedSource,
  context: RenderContext,
): Promise<readonly string[]> {
  const was = new Map(reads.map(({ path, id }) => [path, id]));
  const now = new Map<string, string | undefined>();
  for (const path of was.keys()) now.set(path, contentId(context.files.fileAt(path)));
  for (const step of steps) for (const { path, id } of (await planStep(step, context, source)).reads) now.set(path, id);
  return [...now].flatMap(([path, id]) => (id === undefined || id === was.get(path) ? [] : [path])).toSorted();
}

/** What planning the object again, or what it needs, came to. */
function reasonOf(id: string, again: readonly Planning[]): string {
  for (const { planned } of again) {
    if (!planned.plans.some(({ source }) => source.id === id)) continue;
    const [problem] = planned.problems;
    if (problem !== undefined) return problem.message.replace(`${id}: `, "");
    const [gap] = planned.plans.flatMap(({ gaps }) => gaps);
    if (gap !== undefined) return gap.reason;
  }
  return "what led to it is gone";
}
