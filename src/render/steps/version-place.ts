import type { TreeFiles } from "../files/tree-files.ts";
import type { HelmStep, WrittenAt } from "../plan.ts";
import { valuesInObject } from "../positions/values-text.ts";
import type { EntryPlace } from "./entry.ts";

/** The place in which a source says which version of a registry's chart it installs; undefined where it says none. */
export async function versionPlace({ chart }: HelmStep, files: TreeFiles): Promise<EntryPlace | undefined> {
  return chart.kind === "registry" && chart.at !== undefined ? placeAt(chart.at, files) : undefined;
}

/** The place of a value, or of the deepest value on the way to it; undefined where its file cannot be read. */
export async function placeAt(at: WrittenAt, files: TreeFiles): Promise<EntryPlace | undefined> {
  const bytes = (await files.read([at.path])).get(at.path);
  if (bytes === undefined) return undefined;
  const { path, place } = valuesInObject({}, at, bytes).place([]);
  return { path, line: place.line, column: place.column };
}
