import type { Step } from "../plan.ts";
import { directoryStep } from "./directory-step.ts";
import type { Entry } from "./failure.ts";
import { helmStep } from "./helm-step.ts";
import { kustomizeStep } from "./kustomize-step.ts";
import type { PlannedStep, RenderContext } from "./step.ts";

/** Determines what a step reads, so that its key is known without rendering. */
export async function planStep(step: Step, context: RenderContext, { path, line }: Entry): Promise<PlannedStep> {
  const ready = await readyFor(step, context, { path, line });
  if (step.finish?.defaultNamespace === undefined) return ready;
  // The CRDs of the tree decide which objects need a namespace.
  return { ...ready, options: `${ready.options}\0${context.scopes.digest}` };
}

async function readyFor(step: Step, context: RenderContext, entry: Entry): Promise<PlannedStep> {
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
