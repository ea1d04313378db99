import type { Step } from "../plan.ts";

/** A step without the lines that its options are written at: it renders the same. */
export function withoutPlaces(step: Step): unknown {
  if (step.kind === "objects") return { ...step, objects: step.objects.map(({ value }) => value) };
  if (step.kind !== "helm") return step;
  return {
    ...step,
    chart: step.chart.kind === "registry" ? { ...step.chart, at: undefined } : step.chart,
    values: step.values.map((layer) => (layer.kind === "inline" ? layer.value : layer)),
    set: step.set?.map(({ as, name, value }) => ({ as, name, value })),
    finish: step.finish && {
      ...step.finish,
      kustomizations: step.finish.kustomizations?.map(({ kustomization }) => kustomization),
    },
  };
}

/** What a GitOps object asks for with a step, whatever the files of the tree hold. */
export function askedFor(step: Step): unknown {
  return step.kind === "kustomize" ? { ...step, overrides: undefined } : withoutPlaces(step);
}
