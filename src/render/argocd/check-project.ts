import { RE2JS } from "re2js";
import { isObject } from "../../manifest/identity.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Pointer } from "../../model/json.ts";
import type { Identity, Manifest } from "../../model/manifest.ts";
import type { SourceTraits } from "../../model/source.ts";
import type { Violation } from "../../model/violation.ts";
import type { Baseline, GitOpsObject, PlanContext } from "../gitops.ts";
import { placesShown } from "../places-shown.ts";
import type { ProjectLimits } from "../plan.ts";
import {
  matches,
  permitsDestination,
  permitsSource,
  readAppProject,
  type AppProject,
  type ClusterTarget,
  type SyncWindow,
} from "./app-project.ts";
import type { Destination } from "./destination.ts";
import type { Fields } from "./fields.ts";
import { withGlobalProjects } from "./global-projects.ts";
import { matchesGlob } from "./glob.ts";
import { withoutUser } from "../repository-url.ts";
import { projectViolation } from "./project-violation.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** An Application held against its AppProject. */
export interface ProjectCheck {
  /** The project in this tree, and the one of the tree before where it differs. */
  readonly projects: readonly ProjectLimits[];
  readonly violations: readonly Violation[];
  readonly traits: SourceTraits;
}

interface LimitsRequest {
  readonly object: GitOpsObject;
  readonly spec: Fields;
  readonly destination: Destination;
  readonly sources: readonly Fields[];
  readonly diagnostics: Diagnostics;
  readonly context: PlanContext;
}

/**
 * Finds the Application's AppProject in the tree and checks the Application against it. A project that is not in the tree
 * limits nothing; that is a gap only where the tree has other AppProjects, so that this one should be there too.
 */
export async function checkProject(request: LimitsRequest): Promise<ProjectCheck> {
  const { object, spec, diagnostics, context } = request;
  const { project: written } = spec.value;
  if (written === undefined || written === null) {
    diagnostics.problem("/spec/project", "an Application needs project");
    return { projects: [], violations: [], traits: {} };
  }
  const name = spec.text("project") || "default";
  // Where it cannot be told which of several is meant, all of them limit.
  const projects = context
    .find(object, { group: "argoproj.io", kind: "AppProject", name })
    .map((one) => withGlobalProjects(one, object, context));
  const [project] = projects;
  if (projects.length > 1)
    diagnostics.gap(
      "/spec/project",
      `AppProject ${name} is declared in ${placesShown(projects)}, and nothing tells which of them Argo CD has: all of them are asked`,
    );
  const former = formerProjects(object, { name, project }, context);
  if (project === undefined) {
    const others = context.find(object, { group: "argoproj.io", kind: "AppProject" });
    if (name !== "default" && others.length > 0) {
      diagnostics.gap("/spec/project", `AppProject ${name} is not in this tree, so what it permits is not checked`);
    }
  }
  const target = targetOf(request.destination, context);
  const read = [...projects.map((manifest) => ({ manifest })), ...former].map((one) => ({
    ...one,
    limits: readAppProject(one.manifest),
  }));
  const violations = read.flatMap(({ limits, ...one }) => violationsOf({ limits, ...one }, target, request));
  const allWindows = projects.flatMap((one) => readAppProject(one).syncWindows);
  const windows = allWindows.filter((window) => concerns(window, object.manifest.identity.name, target));
  const syncWindows = windows.map(({ kind, schedule, duration }) => `${kind} ${schedule} for ${duration}`);
  return {
    projects: read.map(({ limits, ...one }) => ({
      ...one,
      destination: { name: target.name, server: target.server },
      ...(permitsDestination(limits, target) === "denied" ? { refused: target.namespace } : {}),
    })),
    violations: distinctViolations(violations),
    traits: syncWindows.length > 0 ? { syncWindows } : {},
  };
}

/** The projects that limited the Application in the tree before, where they are not what this tree has. */
function formerProjects(
  { manifest: { identity } }: GitOpsObject,
  now: { readonly name: string; readonly project: Manifest | undefined },
  { baseline }: PlanContext,
): readonly { readonly manifest: Manifest; readonly former: true }[] {
  if (baseline === undefined) return [];
  const names = new Set([now.name, ...(namesBefore(baseline).get(identityKey(identity)) ?? [])]);
  return baseline.projects
    .filter((old) => names.has(old.identity.name))
    .filter(
      (old) => now.project === undefined || !sameJson(old.value["spec"] ?? null, now.project.value["spec"] ?? null),
    )
    .map((manifest) => ({ manifest, former: true }));
}

const known = new WeakMap<Baseline, ReadonlyMap<string, readonly string[]>>();

/** The names of the projects of each object of the tree before. */
function namesBefore(baseline: Baseline): ReadonlyMap<string, readonly string[]> {
  const held = known.get(baseline);
  if (held !== undefined) return held;
  const names = new Map<string, string[]>();
  for (const { manifest } of baseline.objects) {
    const key = identityKey(manifest.identity);
    const list = names.get(key);
    if (list === undefined) names.set(key, [projectNameOf(manifest)]);
    else list.push(projectNameOf(manifest));
  }
  known.set(baseline, names);
  return names;
}

function identityKey({ group, kind, namespace, name }: Identity): string {
  return JSON.stringify([group, kind, namespace ?? null, name]);
}

function projectNameOf({ value }: Manifest): string {
  const spec = value["spec"];
  const name = isObject(spec) ? spec["project"] : undefined;
  return typeof name === "string" && name !== "" ? name : "default";
}

/** What both projects refuse is told once, as of this tree. */
function distinctViolations(violations: readonly Violation[]): readonly Violation[] {
  const each = new Map<string, Violation>();
  for (const violation of violations) {
    const key = JSON.stringify([violation.cause.pointer, violation.cause.reads]);
    if (!each.has(key)) each.set(key, violation);
  }
  return [...each.values()];
}

function violationsOf(
  { limits, former }: { readonly limits: AppProject; readonly former?: true },
  target: ClusterTarget,
  request: LimitsRequest,
): readonly Violation[] {
  const { object, sources, destination, diagnostics } = request;
  const violations: Violation[] = [];
  const refuse = (pointer: Pointer, message: string): number =>
    violations.push(projectViolation(pointer, `AppProject ${limits.name} does not permit ${message}`, former));
  const { namespace } = object.manifest.identity;
  if (limits.namespace !== undefined && namespace !== undefined && namespace !== limits.namespace) {
    if (!limits.sourceNamespaces.some((pattern) => matchesNamespace(pattern, namespace))) {
      refuse("/metadata/namespace", `Applications in namespace ${namespace}`);
    }
  }
  for (const source of sources) {
    const url = source.text("repoURL");
    if (url !== "" && !permitsSource(limits, url))
      refuse(`${source.pointer}/repoURL`, `the repository ${withoutUser(url)}`);
  }
  const cluster = destination.name || destination.server;
  switch (permitsDestination(limits, target)) {
    case "permitted":
      break;
    case "denied":
      if (cluster !== "") {
        const anyNamespace = limits.destinations.map((one) => ({ ...one, namespace: "*" }));
        const isCluster = permitsDestination({ ...limits, destinations: anyNamespace }, target) === "denied";
        const field = isCluster ? (destination.name === "" ? "server" : "name") : "namespace";
        refuse(
          `/spec/destination/${field}`,
          `namespace ${destination.namespace || '""'} of cluster ${cluster} as a destination`,
        );
      }
      break;
    case "unknown":
      diagnostics.gap(
        "/spec/destination",
        `it is not known whether AppProject ${limits.name} permits cluster ${cluster}: add the cluster with its server under clusters in the configuration`,
      );
      break;
  }
  return violations;
}

/** The destination with both name and server, as far as the configuration's clusters and Argo CD's own cluster complete it. */
function targetOf({ name, server, namespace }: Destination, { config }: PlanContext): ClusterTarget {
  const known = [...config.clusters, { name: "in-cluster", server: "https://kubernetes.default.svc" }];
  const found = known.find((one) => (name === "" ? one.server === server : one.name === name));
  return { name: name || (found?.name ?? ""), server: server || (found?.server ?? ""), namespace };
}

/** A pattern of `sourceNamespaces`: a glob, or a regular expression between slashes. */
function matchesNamespace(pattern: string, namespace: string): boolean {
  if (pattern.length > 2 && pattern.startsWith("/") && pattern.endsWith("/")) {
    try {
      return RE2JS.compile(pattern.slice(1, -1)).matcher(namespace).find();
    } catch {
      return false;
    }
  }
  return matchesGlob(pattern, namespace, "argo");
}

/** Whether a sync window applies to an Application: by its name, cluster or namespace; by all of them with `andOperator`. */
function concerns(window: SyncWindow, application: string, target: ClusterTarget): boolean {
  const asked: boolean[] = [];
  if (window.applications.length > 0) asked.push(window.applications.some((one) => matches(one, application)));
  if (window.clusters.length > 0) {
    asked.push(
      window.clusters.some((one) => [target.name, target.server].some((value) => value !== "" && matches(one, value))),
    );
  }
  if (window.namespaces.length > 0) asked.push(window.namespaces.some((one) => matches(one, target.namespace)));
  return asked.length > 0 && (window.andOperator ? asked.every(Boolean) : asked.some(Boolean));
}
