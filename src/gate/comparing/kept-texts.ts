import type { DesiredState } from "../../render/desired-state.ts";
import { directoryOf, isKustomizationName } from "../../render/files/scope.ts";

/**
 * The files that both trees have alike and that whoever applies files as they are reads alike: no entry of `apply:` names them,
 * and no directory around them becomes a kustomization or chart or is one no longer.
 */
export function keptTexts(before: DesiredState, after: DesiredState): ReadonlySet<string> {
  const old = new Map(before.files.map(({ entry }) => [entry.path, entry]));
  const now = new Set(after.files.map(({ entry }) => entry.path));
  const differing = [...[...old.keys()].filter((path) => !now.has(path)), ...[...now].filter((path) => !old.has(path))];
  const readOtherwise = new Set(differing.filter(decidesHowRead).map(directoryOf));
  return new Set(
    after.files.flatMap(({ entry: { path, kind, id }, targets, linkedAt }) => {
      const was = old.get(path);
      const isSame = was !== undefined && was.kind === kind && was.id === id;
      const isReadAlike = targets === undefined && linkedAt === undefined;
      return isSame && isReadAlike && !directoriesAround(path).some((one) => readOtherwise.has(one)) ? [path] : [];
    }),
  );
}

function decidesHowRead(path: string): boolean {
  return isKustomizationName(path) || path.slice(path.lastIndexOf("/") + 1) === "Chart.yaml";
}

/** The directory of a file and all above it, the root of the tree as "". */
function directoriesAround(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.map((_, at) => parts.slice(0, at).join("/"));
}
