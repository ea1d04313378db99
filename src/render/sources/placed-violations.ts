import type { DesiredState } from "../desired-state.ts";
import type { Planning } from "./explore-objects.ts";
import { ownTexts } from "../own-text.ts";
import { placeInOwnText } from "../steps/own-place.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** Places the violations that planning found at the objects' own text. */
export async function placedViolations(
  plannings: readonly Planning[],
  files: TreeFiles,
): Promise<DesiredState["violations"]> {
  const found = plannings.flatMap(({ planned }) => planned.violations);
  if (found.length === 0) return [];
  const own = ownTexts(await files.read(new Set(found.map(({ manifest }) => manifest.position.path))), (path) => path);
  return found.map(({ manifest, violation }) => {
    const { position } = manifest;
    const object = { ...manifest, document: position.document, pointer: position.pointer };
    const place = placeInOwnText(object, violation.cause.pointer, own, position.path) ?? {
      path: position.path,
      place: { line: position.line, column: 1, endLine: position.line },
      precision: "source" as const,
    };
    return { manifest, place, violation };
  });
}
