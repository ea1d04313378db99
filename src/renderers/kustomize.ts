import type { KustomizeAnswer, KustomizeOrigin, KustomizeRequest, RenderOutcome } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";
import { packFiles } from "./pack-files.ts";

interface Answer {
  readonly origins: readonly KustomizeOrigin[] | null;
  readonly reads: readonly string[] | null;
  readonly failure?: { readonly message: string; readonly path?: string; readonly line?: number };
}

const decoder = new TextDecoder();

/** `kustomize build` over the files of the request. */
export async function renderKustomize(
  pool: ModulePool,
  request: KustomizeRequest,
): Promise<RenderOutcome<KustomizeAnswer>> {
  const { root, files, ...options } = request;
  const { list, blob } = packFiles(files);
  const outcome = await pool.ask<Answer>("kustomize", { root, files: list, ...options }, blob);
  if (outcome.kind !== "answered") return outcome;
  const { failure, origins, reads } = outcome.answer;
  if (failure !== undefined) return { kind: "failed", ...failure };
  return {
    kind: "rendered",
    answer: { yaml: decoder.decode(outcome.blob), origins: origins ?? [], reads: reads ?? [] },
  };
}
