import type { Pointer } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { FileLine, TreeView } from "./gitops.ts";
import { valuesInObject } from "./positions/values-text.ts";

/** The line of a value of an object, or of the deepest value on the way to it; the object's own where its text has neither. */
export async function writtenLine(
  { position: { path, document, line, pointer } }: Manifest,
  within: Pointer,
  tree: Pick<TreeView, "read">,
): Promise<FileLine> {
  const bytes = document < 0 ? undefined : await tree.read(path);
  if (bytes === undefined) return { path, line };
  const { place, precision } = valuesInObject({}, { path, line, pointer: pointer + within }, bytes).place([]);
  return { path, line: precision === "source" ? line : place.line };
}
