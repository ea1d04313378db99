import type { Manifest } from "../../model/manifest.ts";
import type { Source } from "../../model/source.ts";
import type { AppliedDirectory } from "../apply/applied.ts";
import { environmentsOf } from "../environments.ts";
import { cleanPath } from "../files/scope.ts";
import { patchVersion } from "../cluster-profile.ts";
import type { Plan, Step } from "../plan.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { Standalone } from "../standalone.ts";
import { exploreObjects, explorePlan, renderAhead, type Explorer } from "./explore-objects.ts";
import type { Explored } from "./keep-unclaimed.ts";
import type { Survey } from "./survey-tree.ts";

/**
 * Renders a root or chart by itself, and plans what comes of it. Meanwhile those that may be asked for next are rendered, as
 * many as the renderer has room for: where this one turns out to account for one of them, that was for nothing.
 */
export async function exploreDirectory(
  one: Standalone,
  survey: Survey,
  explorer: Explorer,
  later: readonly Standalone[] = [],
): Promise<Explored> {
  const room = (explorer.renderContext.renderer.sideBySide ?? 1) - 1;
  for (const next of later.slice(0, room)) renderAhead(planOf(next, survey), explorer);
  return { start: one, instance: await explorePlan(planOf(one, survey), explorer), plannings: [] };
}

/** Renders a root or chart as an entry of `apply:` asks, and plans what comes of it. */
export async function exploreApplied(one: AppliedDirectory, survey: Survey, explorer: Explorer): Promise<Explored> {
  return { start: one, instance: await explorePlan(appliedPlan(one, survey), explorer), plannings: [] };
}

/** Plans the GitOps objects of a file. */
export async function exploreFile(path: string, survey: Survey, explorer: Explorer): Promise<Explored> {
  const environments = environmentsOfFile(path, survey);
  const objects = (survey.raw.get(path) ?? []).map((object) => ({
    manifest: plainManifest(object, path),
    environments,
  }));
  return { start: { kind: "file", path }, plannings: await exploreObjects(objects, explorer) };
}

/** The environments that the objects in a file land in, as it is written. */
export function environmentsOfFile(path: string, { applied, request }: Survey): readonly string[] {
  const targets = applied?.targets.get(path);
  if (targets === undefined) return environmentsOf({ path }, request.config);
  return [...new Set(targets.flatMap(({ environment }) => environment ?? []))].toSorted();
}

export function plainManifest({ identity, apiVersion, value, position }: RenderedObject, path: string): Manifest {
  return { identity, apiVersion, value, position: position ?? { path, document: 0, line: 1, pointer: "" } };
}

/** The plan of a root or chart that no GitOps object applies: default options. */
export function planOf(
  { kind, directory, path }: Pick<Standalone, "kind" | "directory" | "path">,
  { request, holdsFlux }: Survey,
): Plan {
  const clusterFolder = holdsFlux ? /^(?:.*\/)?clusters\/[^/]+(?=\/)/.exec(path)?.[0] : undefined;
  const source: Source = {
    id: directory === "" ? "." : directory,
    kind: kind === "root" ? "kustomize" : "helm",
    path,
    line: 1,
    environments: environmentsOf({ path, ...(clusterFolder === undefined ? {} : { clusterFolder }) }, request.config),
  };
  if (kind === "root") return { source, steps: [{ kind: "kustomize", path: directory }], gaps: [] };
  const releaseName = (directory === "" ? "chart" : directory.slice(directory.lastIndexOf("/") + 1))
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, "-");
  return {
    source,
    steps: [
      {
        kind: "helm",
        chart: { kind: "path", path: directory },
        releaseName: releaseName.replaceAll(/^-+|-+$/g, "").slice(0, 53) || "chart",
        namespace: "default",
        isAssumed: true,
        values: [],
        includeCrds: true,
      },
    ],
    gaps: [],
  };
}

/** The same plan with what an entry of `apply:` adds to it. */
function appliedPlan(one: AppliedDirectory, survey: Survey): Plan {
  const { source, steps, gaps } = planOf(one, survey);
  const { environment, kubernetes, namespace, values = [] } = one.entry;
  return {
    source: {
      ...source,
      ...(environment === undefined ? {} : { environments: [environment] }),
      ...(kubernetes === undefined ? {} : { kubernetes }),
    },
    steps: steps.map((step): Step => {
      const finished = namespace === undefined ? step : { ...step, finish: { defaultNamespace: namespace } };
      if (finished.kind !== "helm") return finished;
      return {
        ...finished,
        ...(namespace === undefined ? {} : { namespace }),
        ...(kubernetes === undefined ? {} : { kubeVersion: patchVersion(kubernetes) }),
        values: values.map((path) => ({ kind: "file", path: cleanPath(path) })),
      };
    }),
    gaps,
  };
}
