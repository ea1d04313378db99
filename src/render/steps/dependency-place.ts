import type { TreeFiles } from "../files/tree-files.ts";
import { ownTexts } from "../own-text.ts";
import type { EntryPlace } from "./entry.ts";
import { placeOfVersion } from "./line-of-entry.ts";

/** The place in a Chart.yaml that asks for a version of a dependency; undefined where it cannot be found. */
export async function dependencyPlace(
  path: string,
  dependency: string,
  files: TreeFiles,
): Promise<EntryPlace | undefined> {
  const own = ownTexts(await files.read([path]), (one) => one);
  const place = placeOfVersion(own.reading(path), ({ name }) => name === dependency);
  return place === undefined ? undefined : { path, line: place.line, column: place.column };
}
