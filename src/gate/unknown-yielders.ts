import type { DesiredState } from "../render/desired-state.ts";
import { isUnit, type ReadOrigin } from "./reading.ts";

/**
 * What a tree does not tell the manifests of, as `yielderOf` names it: sources that were not rendered, files that could not
 * be read, and whatever of the `other` tree such a source or file may have led to. Nothing is claimed of these to have
 * been created, deleted or fixed.
 */
export function unknownYielders(
  state: DesiredState,
  origins: readonly ReadOrigin[],
  other: DesiredState,
): ReadonlySet<string> {
  const unknown = new Set(state.unplanned.map((id) => `source ${id}`));
  for (const origin of origins) {
    const yields = isUnit(origin.of) ? `source ${origin.of.source.id}` : `file ${origin.of.entry.path}`;
    if (origin.state !== "rendered") unknown.add(yields);
  }
  const here = new Set(state.graph.sources.map(({ id }) => id));
  const gone = other.graph.sources.filter(({ id }) => !here.has(id));
  // A source whose parent is unknown may still be there; so may the sources that it led to.
  for (let size = -1; size !== unknown.size;) {
    size = unknown.size;
    for (const { id, parent, path } of gone) {
      if (unknown.has(`source ${parent ?? ""}`) || unknown.has(`file ${path}`)) unknown.add(`source ${id}`);
    }
  }
  return unknown;
}
