import type { ApplyEntry } from "../../model/config.ts";
import { environmentPaths } from "../environments.ts";
import { cleanPath, directoryOf, isKustomizationName, matcher, mayHoldManifests } from "../files/scope.ts";

/** The files of a tree that an entry of `apply:` with `as: raw` applies as they are written. */
export function matcherOfFiles({ path }: ApplyEntry): (path: string) => boolean {
  return environmentPaths([path]);
}

/** The directories that an entry of `apply:` applies as Kustomize roots or charts, among those with one of `paths`; sorted. */
export function directoriesOf({ path, as }: ApplyEntry, paths: Iterable<string>): readonly string[] {
  const pattern = cleanPath(path);
  const matches = matcher([pattern]);
  const declares = as === "kustomize" ? isKustomizationName : isChartName;
  const found = new Set<string>();
  for (const one of paths) {
    if (!declares(one)) continue;
    const directory = directoryOf(one);
    if (directory === pattern || matches(directory)) found.add(directory);
  }
  return [...found].toSorted();
}

/** Whether an entry of `apply:` applies anything among files of these paths. */
export function matchesAny(entry: ApplyEntry, paths: readonly string[]): boolean {
  if (entry.as !== "raw") return directoriesOf(entry, paths).length > 0;
  const matches = matcherOfFiles(entry);
  return paths.some((path) => matches(path) && mayHoldManifests(path));
}

function isChartName(path: string): boolean {
  return path === "Chart.yaml" || path.endsWith("/Chart.yaml");
}
