import type { TreeFiles } from "../files/tree-files.ts";
import type { HelmStep } from "../plan.ts";
import { valuesInObject } from "../positions/values-text.ts";
import type { Entry } from "./failure.ts";

/** The line in which a source says which version of a registry's chart it installs; undefined where it says none. */
export async function versionPlace({ chart }: HelmStep, files: TreeFiles): Promise<Entry | undefined> {
  const at = chart.kind === "registry" ? chart.at : undefined;
  const bytes = at === undefined ? undefined : (await files.read([at.path])).get(at.path);
  if (at === undefined || bytes === undefined) return undefined;
  const { path, place } = valuesInObject({}, at, bytes).place([]);
  return { path, line: place.line };
}
