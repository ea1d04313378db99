import type { ApplyEntry, Config } from "../../model/config.ts";
import { environmentsOf } from "../environments.ts";
import type { ScopedFile, Target } from "../files/role.ts";
import { kustomizationNames } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { directoriesOf, matcherOfFiles } from "./match-entry.ts";

/** A directory that an entry of `apply:` applies as a Kustomize root or chart. */
export interface AppliedDirectory {
  readonly entry: ApplyEntry;
  readonly kind: "root" | "chart";
  readonly directory: string;
  /** Its kustomization or Chart.yaml. */
  readonly path: string;
}

/** What `apply:` names in a tree. */
export interface Applied {
  readonly directories: readonly AppliedDirectory[];
  /** Where files that are applied as they are written land, by path. */
  readonly targets: ReadonlyMap<string, readonly Target[]>;
}

/** Finds what `apply:` names among the files in scope; undefined where the configuration has no such key. */
export function findApplied(
  config: Config,
  scoped: readonly ScopedFile[],
  inScope: readonly string[],
  files: TreeFiles,
): Applied | undefined {
  const { apply } = config;
  if (apply === undefined) return undefined;
  const targets = new Map<string, Target[]>();
  for (const entry of apply.filter(({ as }) => as === "raw")) {
    const matches = matcherOfFiles(entry);
    const matched = scoped.filter(({ entry: { path } }) => matches(path)).flatMap((file) => behind(file, files));
    for (const path of new Set(matched))
      targets.set(path, [...(targets.get(path) ?? []), ...targetsOf(entry, path, config)]);
  }
  const directories = apply.flatMap((entry) =>
    entry.as === "raw"
      ? []
      : directoriesOf(entry, inScope).map((directory): AppliedDirectory => ({
          entry,
          kind: entry.as === "kustomize" ? "root" : "chart",
          directory,
          path: declaringFile(entry, directory, files),
        })),
  );
  return { directories, targets: new Map([...targets].map(([path, some]) => [path, distinct(some)])) };
}

/** The file itself, or those that a link leads to: applying the link applies these. */
function behind({ entry: { path, kind } }: ScopedFile, files: TreeFiles): readonly string[] {
  if (kind !== "symlink") return [path];
  const file = files.fileAt(path)?.path;
  return file === undefined ? files.filesBelow(path).map((one) => files.fileAt(one)?.path ?? one) : [file];
}

function targetsOf(
  { environment, namespace, kubernetes }: ApplyEntry,
  path: string,
  config: Config,
): readonly Target[] {
  const more = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(kubernetes === undefined ? {} : { kubernetes }),
  };
  const environments = environment === undefined ? environmentsOf({ path }, config) : [environment];
  return environments.length === 0 ? [more] : environments.map((name) => ({ environment: name, ...more }));
}

function distinct(targets: readonly Target[]): readonly Target[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}

function declaringFile({ as }: ApplyEntry, directory: string, files: TreeFiles): string {
  const within = (name: string): string => (directory === "" ? name : `${directory}/${name}`);
  if (as === "helm") return within("Chart.yaml");
  return kustomizationNames.map(within).find((path) => files.fileAt(path) !== undefined) ?? directory;
}
