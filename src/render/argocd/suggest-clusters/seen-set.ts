import type { ClusterConfig } from "../../../model/config.ts";
import type { GitOpsObject, PlanContext } from "../../gitops.ts";
import { repositoryNamedBy } from "../../repository-url.ts";
import { planApplicationSet } from "../application-set.ts";
import { fieldsOf, type Fields } from "../fields.ts";
import { resolvePath } from "../tree-path.ts";

/** An ApplicationSet that was planned, and what it was planned with. */
export interface SeenSet {
  readonly object: GitOpsObject;
  readonly context: PlanContext;
}

/** What an ApplicationSet makes of one cluster: the first path that its Applications are at, or that is not in the tree. */
export type Trial =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "missing"; readonly path: string };

/** The cluster generators of an ApplicationSet, filled with the parameters of the generators around them. */
export async function clusterGenerators({ object, context }: SeenSet): Promise<readonly Fields[]> {
  const found = new Map<string, Fields>();
  await planApplicationSet(object, {
    ...context,
    suppose: (generator) => {
      found.set(JSON.stringify(generator.value), generator);
      return [];
    },
  });
  return [...found.values()];
}

/** Generates the Applications of an ApplicationSet for one cluster alone, and looks for what they apply. */
export async function tryCluster({ object, context }: SeenSet, cluster: ClusterConfig): Promise<Trial> {
  const { children } = await planApplicationSet(object, { ...context, suppose: () => [cluster] });
  const paths = children.flatMap(({ manifest }) =>
    pathsOf(
      fieldsOf(manifest.value, "", () => undefined),
      context,
    ),
  );
  if (children.length === 0) return { kind: "none" };
  const missing = paths.find((path) => !context.tree.has(path) && !context.tree.isDirectory(path));
  return missing === undefined ? { kind: "found", path: paths[0] ?? "" } : { kind: "missing", path: missing };
}

/** The directories and values files of this repository that an Application is made of, as far as they are plain. */
function pathsOf(application: Fields, { repositories }: PlanContext): readonly string[] {
  const spec = application.object("spec");
  const one = spec?.object("source");
  return [...(one === undefined ? [] : [one]), ...(spec?.objects("sources") ?? [])].flatMap((source) => {
    const path = source.text("path");
    if (path === "" || repositoryNamedBy(source.text("repoURL"), repositories) === "other") return [];
    const helm = source.object("helm");
    const files = helm === undefined || helm.flag("ignoreMissingValueFiles") ? [] : helm.texts("valueFiles");
    const plain = files.filter((file) => !/^\$|:\/\/|[*?[]/.test(file));
    return [path.replace(/^\/+|\/+$/g, ""), ...plain.flatMap((file) => resolvePath(path, file) ?? [])];
  });
}

/** What yields an ApplicationSet, as `applicationSets` of a cluster names it. */
export function pathOf({ object: { manifest, directories = [] } }: SeenSet): string {
  return directories[0] ?? manifest.position.path;
}

/** An ApplicationSet and its line. */
export function shown({ object: { manifest } }: SeenSet): string {
  const { identity, position } = manifest;
  return `ApplicationSet ${identity.name} (${position.path}:${position.line})`;
}
