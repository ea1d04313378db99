import type { Manifest } from "../../model/manifest.ts";
import type { Violation } from "../../model/violation.ts";
import { isClusterScoped } from "../../manifest/cluster-scoped.ts";
import type { ProjectLimits } from "../plan.ts";
import { permitsDestination, permitsKind, readAppProject, type AppProject, type ClusterTarget } from "./app-project.ts";
import { projectViolation } from "./project-violation.ts";

/** One of the manifests handed in, with a violation of its AppProject. */
export interface ProjectViolation {
  readonly manifest: Manifest;
  readonly violation: Violation;
}

/**
 * Checks the rendered manifests of an Application against its AppProject: kinds by the lists for cluster-scoped and for
 * namespaced ones, and the namespace of each by the project's destinations. `scopeOf` may know kinds of CRDs in the tree;
 * a kind of unknown scope is refused only where it would be refused either way.
 */
export function projectViolations(
  { manifest: project, destination, refused, former }: ProjectLimits,
  manifests: readonly Manifest[],
  scopeOf: (group: string, kind: string) => boolean | undefined = isClusterScoped,
): readonly ProjectViolation[] {
  const limits = readAppProject(project);
  return manifests.flatMap((manifest) =>
    violationsOf(limits, manifest, { destination, former }, scopeOf)
      .filter(({ cause }) => cause.pointer === "/kind" || manifest.identity.namespace !== refused)
      .map((violation) => ({ manifest, violation })),
  );
}

function violationsOf(
  limits: AppProject,
  { identity }: Manifest,
  { destination, former }: { readonly destination: ProjectLimits["destination"]; readonly former: true | undefined },
  scopeOf: (group: string, kind: string) => boolean | undefined,
): readonly Violation[] {
  const { group, kind, name, namespace } = identity;
  const what = group === "" ? kind : `${group}/${kind}`;
  const clusterScoped = scopeOf(group, kind);
  const scopes =
    clusterScoped === undefined
      ? (["cluster", "namespace"] as const)
      : clusterScoped
        ? (["cluster"] as const)
        : (["namespace"] as const);
  if (!scopes.some((scope) => permitsKind(limits, { group, kind, name }, scope))) {
    return [projectViolation("/kind", `AppProject ${limits.name} does not permit ${what}`, former)];
  }
  if (clusterScoped === true || namespace === undefined) return [];
  const target: ClusterTarget = { ...destination, namespace };
  if (permitsDestination(limits, target) !== "denied") return [];
  return [
    projectViolation(
      "/metadata/namespace",
      `AppProject ${limits.name} does not permit namespace ${namespace} as a destination`,
      former,
    ),
  ];
}
