import type { OwnTexts } from "../own-text.ts";
import { holdsAction } from "../files/read-scoped.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { allPresentIn, type MatchedBy } from "./all-present-in.ts";

/**
 * The files of a chart, by path of the tree, that Helm's output accounts for. `printed` are the templates and CRDs that
 * yielded output. Every other file in a chart's directory is judged by itself.
 */
export function chartAccounts(
  files: ReadonlyMap<string, string>,
  printed: ReadonlySet<string>,
  { own, objects }: { readonly own: OwnTexts; readonly objects: readonly RenderedObject[] },
): readonly string[] {
  return [...files].flatMap(([inner, path]) =>
    isRead(inner, printed) && isAccounted(path, own, objects) ? [path] : [],
  );
}

/** Whether every object of a file that applies alone is in the rendering; an object with template actions does not count yet. */
export function isAccounted(
  path: string,
  own: OwnTexts,
  objects: readonly RenderedObject[],
  matchedBy: MatchedBy = "identity",
): boolean {
  const values = (own.reading(path)?.manifests ?? []).map(({ value }) => value);
  return allPresentIn(
    values.filter((value) => !holdsAction(value)),
    objects,
    matchedBy,
  );
}

/** Whether Helm reads a file of the chart as template or values; CRDs only where they are included. */
function isRead(inner: string, printed: ReadonlySet<string>): boolean {
  const own = inner.replace(/^(?:charts\/[^/]+\/)+/, "");
  if (own.startsWith("crds/")) return printed.has(inner);
  return own.startsWith("templates/") || known.has(own);
}

const known = new Set([
  "Chart.yaml",
  "Chart.lock",
  "requirements.yaml",
  "requirements.lock",
  "values.yaml",
  "values.schema.json",
]);
