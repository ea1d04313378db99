import type { DesiredStateRequest } from "../desired-state.ts";
import { facts } from "../kept-values.ts";
import type { StepRendering } from "../steps/step.ts";

/** The rendered steps of a source, or why rendering failed. */
export type Rendering =
  | (StepRendering & { readonly kind: "failed" })
  | { readonly kind: "steps"; readonly steps: readonly (StepRendering & { readonly kind: "rendered" })[] };

/** Renderings by the key of their input, from the cache where possible. Concurrent requests for one key share one rendering. */
export interface Renderings {
  of(key: string, make: () => Promise<Rendering>): Promise<Rendering>;
}

export function renderings(cache: DesiredStateRequest["cache"]): Renderings {
  const known = facts<Rendering>(cache, "rendering");
  const underWay = new Map<string, Promise<Rendering>>();
  /** A rendering that a limit ended may succeed in the next job, but is not retried in this one. */
  const given = new Map<string, Rendering>();
  const make = async (key: string, render: () => Promise<Rendering>): Promise<Rendering> => {
    try {
      const rendering = await render();
      if (rendering.kind === "failed" && rendering.transient === true) given.set(key, rendering);
      else known.set(key, rendering, weightOf(rendering));
      return rendering;
    } finally {
      underWay.delete(key);
    }
  };
  return {
    async of(key, render) {
      const held = given.get(key) ?? known.get(key) ?? underWay.get(key);
      if (held !== undefined) return held;
      const rendering = make(key, render);
      underWay.set(key, rendering);
      return rendering;
    },
  };
}

/** The approximate memory of a rendering in bytes: values take more than their text. */
function weightOf(rendering: Rendering): number {
  if (rendering.kind === "failed") return 1000;
  return rendering.steps.reduce((sum, { yaml, objects }) => sum + 1000 + 8 * yaml.length + 200 * objects.length, 0);
}
