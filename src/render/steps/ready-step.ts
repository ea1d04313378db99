import type { Step } from "../plan.ts";
import { directoryStep } from "./directory-step.ts";
import type { Entry } from "./failure.ts";
import { helmStep } from "./helm-step.ts";
import { kustomizeStep } from "./kustomize-step.ts";
import type { ReadyStep, Workshop } from "./step.ts";

/** Finds out what a step reads, so that it can be told from others without being rendered. */
export async function readyStep(step: Step, workshop: Workshop, { path, line }: Entry): Promise<ReadyStep> {
  const ready = await readyFor(step, workshop, { path, line });
  if (step.finish?.defaultNamespace === undefined) return ready;
  // Which objects lack a namespace is for the CRDs of the tree to say.
  return { ...ready, options: `${ready.options}\0${workshop.scopes.digest}` };
}

async function readyFor(step: Step, workshop: Workshop, entry: Entry): Promise<ReadyStep> {
  switch (step.kind) {
    case "directory":
      return directoryStep(step, workshop, entry);
    case "kustomize":
      return kustomizeStep(step, workshop, entry);
    case "helm":
      return helmStep(step, workshop, entry);
    default:
      return step satisfies never;
  }
}
