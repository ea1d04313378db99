import { sha256 } from "../../manifest/sha256.ts";
import { digestText } from "../digest-text.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { PlacedFetch, Step } from "../plan.ts";
import { referenceText } from "../remotes/reference-text.ts";
import { directoryStep } from "./directory-step.ts";
import type { Entry, EntryPlace } from "./entry.ts";
import { helmStep } from "./helm-step.ts";
import { objectsStep } from "./objects-step.ts";
import { kustomizeStep } from "./kustomize-step.ts";
import { placedInTree, type Referring } from "./placed-in-tree.ts";
import type { PlannedStep, RenderContext, UnkeyedStep } from "./step.ts";
import { placeAt } from "./version-place.ts";
import { withoutPlaces } from "./without-places.ts";

/** Determines what a step reads, so that its key is known without rendering. */
export async function planStep(
  step: Step,
  context: RenderContext,
  { path, line }: Entry,
  fetched: readonly PlacedFetch[] = [],
): Promise<PlannedStep> {
  // The CRDs of the tree decide which objects need a namespace.
  const scopes = step.finish?.defaultNamespace === undefined ? null : context.scopes.digest;
  const { used = step, referredAt, ...unplaced } = await readyFor(step, context, { path, line });
  const all = [...fetched.map((one) => one.fetched), ...(unplaced.fetched ?? [])];
  const referring = new Map<string, Referring>();
  for (const { directory, reference } of all) {
    const at = (await referredAt?.(directory)) ?? (await referredBy(fetched, directory, context.files));
    referring.set(directory, { at: at ?? { path, line }, reference: referenceText(reference) });
  }
  const ready = placedInTree({ ...unplaced, fetched: all }, context.files, referring);
  // What a server did not tell is part of the key, so that its next answer makes another one.
  const known = ready.problems.length === 0 ? [] : [ready.problems];
  const told = ready.problems.map(({ stage, message }) => [stage, message]);
  return {
    ...ready,
    options: sha256(digestText([used, scopes, ...known, ...(referring.size === 0 ? [] : [referring])])),
    inputs: sha256(digestText([withoutPlaces(used), scopes, ...told])),
    content: sha256(JSON.stringify(ready.reads.map(({ path, id }) => [path, id ?? 0]))),
  };
}

/** The place in which the plan itself refers to a directory. */
async function referredBy(
  fetched: readonly PlacedFetch[],
  directory: string,
  files: TreeFiles,
): Promise<EntryPlace | undefined> {
  const at = fetched.find((one) => one.fetched.directory === directory)?.at;
  return at === undefined ? undefined : placeAt(at, files);
}

async function readyFor(step: Step, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  switch (step.kind) {
    case "directory":
      return directoryStep(step, context, entry);
    case "kustomize":
      return kustomizeStep(step, context, entry);
    case "helm":
      return helmStep(step, context, entry);
    case "objects":
      return objectsStep(step, context, entry);
    default:
      return step satisfies never;
  }
}
