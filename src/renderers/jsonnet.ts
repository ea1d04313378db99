import type { JsonnetAnswer, JsonnetRequest, RenderOutcome } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";
import { packFiles } from "./pack-files.ts";

interface Answer {
  readonly documents?: readonly string[];
  readonly failure?: { readonly message: string; readonly path?: string; readonly line?: number };
}

/** Evaluates one Jsonnet file; an error is placed in the file that it is in. */
export async function renderJsonnet(
  pool: ModulePool,
  { files, ...options }: JsonnetRequest,
): Promise<RenderOutcome<JsonnetAnswer>> {
  const { list, blob } = packFiles(files);
  const outcome = await pool.ask<Answer>("jsonnet", { ...options, files: list }, blob);
  if (outcome.kind !== "answered") return outcome;
  const { failure, documents } = outcome.answer;
  return failure === undefined
    ? { kind: "rendered", answer: { documents: documents ?? [] } }
    : { kind: "failed", ...failure };
}
