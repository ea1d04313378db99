import type { RenderOutcome, ResourceSetAnswer, ResourceSetRequest } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";

interface Answer {
  readonly texts?: ResourceSetAnswer["texts"];
  readonly failure?: { readonly message: string; readonly template: number };
}

/** The templates of a ResourceSet. The first that cannot be filled fails the request; `document` is its index. */
export async function renderResourceSet(
  pool: ModulePool,
  request: ResourceSetRequest,
): Promise<RenderOutcome<ResourceSetAnswer>> {
  const outcome = await pool.ask<Answer>("resourceSet", request);
  if (outcome.kind !== "answered") return outcome;
  const { failure, texts } = outcome.answer;
  return failure === undefined
    ? { kind: "rendered", answer: { texts: texts ?? [] } }
    : { kind: "failed", message: failure.message, document: failure.template };
}
