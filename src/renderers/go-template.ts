import type { GoTemplateRequest, RenderOutcome } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";

interface Answer {
  readonly texts?: readonly string[];
  readonly failure?: { readonly message: string };
}

/** Argo CD's goTemplate. The first template that cannot be filled fails the request. */
export async function renderGoTemplate(
  pool: ModulePool,
  request: GoTemplateRequest,
): Promise<RenderOutcome<{ readonly texts: readonly string[] }>> {
  const outcome = await pool.ask<Answer>("goTemplate", request);
  if (outcome.kind !== "answered") return outcome;
  const { failure, texts } = outcome.answer;
  return failure === undefined
    ? { kind: "rendered", answer: { texts: texts ?? [] } }
    : { kind: "failed", message: failure.message };
}
