import type { RenderOutcome, SubstituteRequest } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";

interface Answer {
  readonly documents: readonly string[] | null;
  readonly failure?: { readonly message: string; readonly document?: number };
}

/** Flux's postBuild substitution, document by document; the variables' line ends are left out, as Flux does. */
export async function renderSubstitute(
  pool: ModulePool,
  request: SubstituteRequest,
): Promise<RenderOutcome<{ readonly documents: readonly string[] }>> {
  const outcome = await pool.ask<Answer>("substitute", request);
  if (outcome.kind !== "answered") return outcome;
  const { failure, documents } = outcome.answer;
  return failure === undefined
    ? { kind: "rendered", answer: { documents: documents ?? [] } }
    : { kind: "failed", ...failure };
}
