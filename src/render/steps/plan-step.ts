import { sha256 } from "../../manifest/sha256.ts";
import { digestText } from "../digest-text.ts";
import type { Step } from "../plan.ts";
import { directoryStep } from "./directory-step.ts";
import type { Entry } from "./failure.ts";
import { helmStep } from "./helm-step.ts";
import { kustomizeStep } from "./kustomize-step.ts";
import { placedInTree } from "./placed-in-tree.ts";
import type { PlannedStep, RenderContext, UnkeyedStep } from "./step.ts";
import { withoutPlaces } from "./without-places.ts";

/** Determines what a step reads, so that its key is known without rendering. */
export async function planStep(step: Step, context: RenderContext, { path, line }: Entry): Promise<PlannedStep> {
  // The CRDs of the tree decide which objects need a namespace.
  const scopes = step.finish?.defaultNamespace === undefined ? null : context.scopes.digest;
  const { used = step, referredAt, ...unplaced } = await readyFor(step, context, { path, line });
  const ready = placedInTree(unplaced, context.files, referredAt, { path, line });
  // What a server did not tell is part of the key, so that its next answer makes another one.
  const known = ready.problems.length === 0 ? [] : [ready.problems];
  return {
    ...ready,
    options: sha256(digestText([used, scopes, ...known])),
    inputs: sha256(digestText([withoutPlaces(used), scopes, ...known])),
    content: sha256(JSON.stringify(ready.reads.map(({ path, id }) => [path, id ?? 0]))),
  };
}

async function readyFor(step: Step, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  switch (step.kind) {
    case "directory":
      return directoryStep(step, context, entry);
    case "kustomize":
      return kustomizeStep(step, context, entry);
    case "helm":
      return helmStep(step, context, entry);
    default:
      return step satisfies never;
  }
}
