import { environmentsOf } from "../environments.ts";
import type { GitOpsObject, PlanContext, Planned, TreeView } from "../gitops.ts";
import type { Finish, Plan, Step } from "../plan.ts";
import type { Source } from "../../model/source.ts";
import { buildEnvironment } from "./build-environment.ts";
import { destinationOf } from "./destination.ts";
import { fieldsOf, type Fields } from "./fields.ts";
import { placesOf } from "./places.ts";
import { planSource } from "./plan-source.ts";
import { checkProject } from "./check-project.ts";
import { findRepository, type FoundRepository } from "./source-repository.ts";
import type { SourceRepository, SourceRequest, WrittenPlace } from "./source-request.ts";
import { traitsOf } from "./traits.ts";
import { collectDiagnostics, type Diagnostics } from "./diagnostics.ts";

/** Plans what Argo CD would sync for an Application, as far as this tree holds it. */
export async function planApplication(object: GitOpsObject, within: PlanContext): Promise<Planned> {
  const { manifest, origin } = object;
  const reads = new Set<string>();
  const context = { ...within, tree: noting(within.tree, reads) };
  const { namespace, name } = manifest.identity;
  const id = `Application ${namespace === undefined ? "" : `${namespace}/`}${name}`;
  const places = await placesOf(object, within.tree);
  const diagnostics = collectDiagnostics(id, places);
  const spec = fieldsOf(manifest.value, "", diagnostics.wrongType).object("spec");
  if (name === "" || spec === undefined) {
    diagnostics.problem("", name === "" ? "an Application needs metadata.name" : "an Application needs spec");
    return { plans: [], children: [], gaps: [], problems: diagnostics.problems, violations: [], reads: [] };
  }
  const destination = destinationOf(spec, diagnostics);
  const sources = sourcesOf(spec, diagnostics);
  const placeOf = (pointer: string): WrittenPlace => ({
    path: places.path,
    line: places.line(pointer),
    pointer: manifest.position.pointer + pointer,
  });
  const repositories = await repositoriesOf(sources, placeOf, diagnostics, context);
  const references = referencesOf(sources, repositories, diagnostics);
  const steps: Step[] = [];
  // What was told of a repository already is missing from the manifests.
  let incomplete = [...repositories.values()].some(({ isTold }) => isTold === true);
  for (const source of sources) {
    const path = source.text("path");
    const environment = buildEnvironment({
      ARGOCD_APP_NAME: name,
      ARGOCD_APP_NAMESPACE: destination.namespace,
      ARGOCD_APP_PROJECT_NAME: spec.text("project"),
      ARGOCD_APP_SOURCE_REPO_URL: source.text("repoURL"),
      ARGOCD_APP_SOURCE_PATH: path,
      ARGOCD_APP_SOURCE_TARGET_REVISION: source.text("targetRevision"),
    });
    const application = { name, namespace: destination.namespace };
    const gapsBefore = diagnostics.gaps.length;
    const repository = repositories.get(source) ?? { kind: "other" };
    const request = { source, repository, application, references, environment, place: placeOf, diagnostics, context };
    const step = await planSource(request);
    if (step === undefined && diagnostics.gaps.length > gapsBefore) incomplete = true;
    if (environment.unknown.size > 0) {
      const names = [...environment.unknown].toSorted().map((one) => `$${one}`);
      diagnostics.gap(
        source.pointer,
        `uses ${names.join(", ")}, the commit that Argo CD will sync: judged with zeros instead`,
      );
    }
    if (step !== undefined) steps.push(finish(step, destination.namespace));
  }
  const fetched = [...repositories.values()].flatMap((one) => (one.fetched === undefined ? [] : [one.fetched]));
  const limits = await checkProject({ object, spec, destination, sources, diagnostics, context });
  const source: Source = {
    id,
    kind: "argocd-application",
    path: origin?.path ?? places.path,
    line: origin?.line ?? places.line(""),
    environments: environmentsOf(
      {
        path: origin?.path ?? places.path,
        applies: sources.map((one) => one.text("path")).filter((path) => path !== ""),
        destination: {
          ...(destination.name === "" ? {} : { name: destination.name }),
          ...(destination.server === "" ? {} : { server: destination.server }),
        },
        parent: object.environments,
      },
      context.config,
    ),
    ...(object.parent === undefined ? {} : { parent: object.parent }),
    traits: { ...traitsOf(manifest, spec), ...limits.traits },
  };
  // Argo CD syncs all sources together or none.
  const plan: Plan = {
    source,
    steps: diagnostics.problems.length > 0 ? [] : steps,
    gaps: diagnostics.gaps,
    ...(incomplete ? { incomplete } : {}),
    ...(fetched.length === 0 ? {} : { fetched }),
    reads: [...new Set([...(origin === undefined ? [] : [origin.path]), ...reads])]
      .filter((path) => path !== places.path)
      .toSorted(),
    ...(limits.projects.length === 0 ? {} : { projects: limits.projects }),
  };
  return {
    plans: [plan],
    children: [],
    gaps: [],
    problems: diagnostics.problems,
    violations: limits.violations.map((violation) => ({ manifest, violation })),
    reads: [...reads].toSorted(),
  };
}

/** The same tree view, which also adds the path of every file it reads to `reads`. */
function noting(tree: TreeView, reads: Set<string>): TreeView {
  return {
    has: (path) => tree.has(path),
    isDirectory: (path) => tree.isDirectory(path),
    submoduleOf: (path) => tree.submoduleOf(path),
    filesBelow: (directory) => tree.filesBelow(directory),
    read: async (path) => {
      const bytes = await tree.read(path);
      if (bytes !== undefined) reads.add(path);
      return bytes;
    },
  };
}

/** The sources to render: `sourceHydrator.drySource` where it is set, else all of `sources`, else `source`. */
function sourcesOf(spec: Fields, diagnostics: Diagnostics): readonly Fields[] {
  const hydrator = spec.object("sourceHydrator");
  const dry = hydrator?.object("drySource");
  if (dry !== undefined) return [dry];
  const several = spec.objects("sources");
  if (several.length > 0) return several;
  const one = spec.object("source");
  if (one === undefined) diagnostics.problem("/spec", "an Application needs source or sources");
  return one === undefined ? [] : [one];
}

/** The repositories of all sources but charts. */
async function repositoriesOf(
  sources: readonly Fields[],
  place: (pointer: string) => WrittenPlace,
  diagnostics: Diagnostics,
  context: PlanContext,
): Promise<ReadonlyMap<Fields, FoundRepository>> {
  const found = new Map<Fields, FoundRepository>();
  for (const source of sources) {
    const url = source.text("repoURL");
    if (url === "" || source.text("chart") !== "") continue;
    found.set(source, await findRepository(source, place, diagnostics, context));
  }
  return found;
}

function referencesOf(
  sources: readonly Fields[],
  repositories: ReadonlyMap<Fields, FoundRepository>,
  diagnostics: Diagnostics,
): SourceRequest["references"] {
  const references = new Map<string, SourceRepository>();
  for (const source of sources) {
    const name = source.text("ref");
    if (name === "") continue;
    if (references.has(name)) diagnostics.problem(`${source.pointer}/ref`, `two sources have the ref ${name}`);
    if (source.text("chart") !== "")
      diagnostics.problem(`${source.pointer}/ref`, "a source with chart cannot have a ref");
    references.set(name, repositories.get(source) ?? { kind: "unknown", root: "" });
  }
  return references;
}

function finish(step: Step, namespace: string): Step {
  if (namespace === "") return step;
  const added: Finish = { defaultNamespace: namespace };
  return { ...step, finish: added };
}
