import type { Step } from "../plan.ts";
import { directoryStep } from "./directory-step.ts";
import type { Entry } from "./failure.ts";
import { helmStep } from "./helm-step.ts";
import { kustomizeStep } from "./kustomize-step.ts";
import type { PlannedStep, RenderContext } from "./step.ts";

/** Finds out what a step reads, so that it can be told from others without being rendered. */
export async function planStep(step: Step, context: RenderContext, { path, line }: Entry): Promise<PlannedStep> {
  const ready = await readyFor(step, context, { path, line });
  if (step.finish?.defaultNamespace === undefined) return ready;
  // Which objects lack a namespace is for the CRDs of the tree to say.
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
