import type { Problem } from "../../model/problem.ts";
import type { Renderer, RenderOutcome } from "../../model/renderer.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { sha256 } from "../../manifest/sha256.ts";
import { findApplied, type Applied } from "../apply/applied.ts";
import { readChart } from "../charts/read-chart.ts";
import { readVendorLock } from "../charts/vendor-lock.ts";
import { clusterProfiles } from "../cluster-profile.ts";
import { crdScopes } from "../crd-scopes.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { discover } from "../discover-files.ts";
import { digestText } from "../digest-text.ts";
import { facts } from "../kept-values.ts";
import type { TreeView } from "../gitops.ts";
import type { Standalone } from "../standalone.ts";
import { judgedAsWritten } from "./as-written.ts";
import { withBaseline } from "./baseline.ts";
import type { KustomizationReading } from "../kustomizations/kustomization.ts";
import { kustomizeBuild, kustomizeRoots } from "../kustomizations/kustomize-build.ts";
import { openArtifacts } from "../flux/artifacts.ts";
import { kustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import { mentionsIn, rawObjects, type Mentions } from "./raw-objects.ts";
import type { RenderCaches } from "./planned-source.ts";
import { fetchedFiles } from "../remotes/fetched-files.ts";
import { remoteDirectories } from "../remotes/remote-directories.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { renderings } from "./rendering-cache.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import { holdsAction } from "../files/read-scoped.ts";
import { directoryOf, isKustomizationName } from "../files/scope.ts";
import type { RenderContext } from "../steps/step.ts";
import { stepPlanner, type StepPlanner } from "../steps/step-planner.ts";
import { treeFiles } from "../files/tree-files.ts";
import { treeView } from "../files/tree-view.ts";

/** What a tree holds before anything is rendered. */
export interface Survey {
  readonly request: DesiredStateRequest;
  readonly scoped: readonly ScopedFile[];
  readonly standalone: readonly Standalone[];
  /** What `apply:` names; absent: everything that may be applied is judged. */
  readonly applied?: Applied;
  /** Directories of charts that only other charts use. */
  readonly libraries: ReadonlySet<string>;
  /** Files that some root reads. */
  readonly readByRoots: ReadonlySet<string>;
  /** Paths of plain files. */
  readonly plain: ReadonlySet<string>;
  /** Files that the tree before makes judged as they are written, with the role that they had. */
  readonly asWritten: ReadonlyMap<string, Role>;
  /** Objects of interest as files write them, by path, whatever the files are to kustomizations and charts. */
  readonly raw: ReadonlyMap<string, readonly RenderedObject[]>;
  /** Whether any of these is Flux's. */
  readonly holdsFlux: boolean;
  /** What is wrong with the lock of the vendored charts. */
  readonly problems: readonly Problem[];
  readonly view: TreeView;
  readonly renderContext: RenderContext;
  readonly steps: StepPlanner;
  readonly caches: RenderCaches;
}

/** Surveys a tree: its kustomizations, charts and GitOps objects, without rendering. Most readings come from the cache. */
export async function surveyTree(tree: Tree, request: DesiredStateRequest): Promise<Survey> {
  const { scope, cache, config } = request;
  const files = fetchedFiles(await treeFiles(tree), request.baseline?.fetched);
  const remotes = remoteDirectories(files, request.remotes, config.remotes, request.baseline?.references);
  const known = facts<KustomizationReading>(cache, "kustomization");
  const discovered = await discover(tree, scope, {
    get: (id) => known.get(id),
    set: (id, reading) => known.set(id, reading, 4 * digestText(reading).length),
  });
  const asWritten = judgedAsWritten(discovered, files, request.baseline);
  const scoped = withBaseline(discovered, asWritten);
  const nodes = kustomizationNodes(files, remotes, request);
  const inScope = [...files.entries.keys()].filter((path) => scope.covers(path) && files.fileAt(path) !== undefined);
  const directories = [...new Set(inScope.filter(isKustomizationName).map(directoryOf))];
  await nodes.load(directories);
  const mentions = await mentionsIn(
    scoped.map(({ entry }) => entry).filter(({ kind }) => kind === "file"),
    files,
    cache,
  );
  const readByRoots = new Set<string>();
  const roots = kustomizeRoots(directories, nodes).map((directory): Standalone => {
    const asks = kustomizeBuild(directory, nodes)?.asks ?? [];
    for (const { entry } of asks) if (entry !== undefined) readByRoots.add(entry.path);
    const path = files.fileAt(nodes.get(directory)?.path ?? "")?.path ?? directory;
    return {
      kind: "root",
      directory,
      path,
      mentions: mentioned(
        asks.map(({ entry }) => entry),
        mentions,
      ),
    };
  });
  const libraries = new Set<string>();
  const charts: Standalone[] = [];
  for (const directory of chartsIn(inScope)) {
    const metadata = await readChart(directory, files);
    if (metadata === undefined) continue;
    if (metadata.library) {
      libraries.add(directory);
      continue;
    }
    const below = files.filesBelow(directory);
    charts.push({
      kind: "chart",
      directory,
      path: directory === "" ? "Chart.yaml" : `${directory}/Chart.yaml`,
      mentions: mentioned(
        below.map((path) => files.fileAt(path)),
        mentions,
      ),
    });
  }
  // What a file is to a kustomization or chart does not tell what it holds: objects are asked for in all of them.
  const written = scoped.filter(({ role }) => isReadAsWritten(role)).map(({ entry }) => entry);
  const needsData = written.some((entry) => mentions.gitOps(entry) && mentions.asksForData(entry));
  const interesting = written.filter((entry) => mentions.gitOps(entry) || (needsData && mentions.data(entry)));
  const scopes = await crdScopes(written.filter(mentions.crds), files, cache);
  const renderer = remembering(request.renderer, cache);
  const raw = withoutActions(await rawObjects(interesting, files, cache), scoped);
  const applied = findApplied(config, scoped, inScope, files);
  const { lock, problems } = await readVendorLock(config.helm.vendor, files);
  const vendor =
    config.helm.vendor === undefined
      ? undefined
      : { directory: config.helm.vendor, ...(lock === undefined ? {} : { lock }) };
  const renderContext: RenderContext = {
    files,
    nodes,
    renderer,
    scopes,
    profiles: clusterProfiles(config, scopes),
    config,
    vendor,
    remotes,
    artifacts: openArtifacts(files, { ...request, remotes }),
    questions: facts(cache, "chart-questions"),
    schemas: facts(cache, "values-schemas"),
  };
  return {
    request,
    scoped,
    ...(applied === undefined ? {} : { applied }),
    standalone: [...roots, ...charts],
    libraries,
    readByRoots,
    asWritten,
    plain: new Set(scoped.filter(({ role }) => role.kind === "plain").map(({ entry }) => entry.path)),
    raw,
    holdsFlux: [...raw.values()].some((objects) =>
      objects.some(({ identity }) => identity.group.endsWith(".fluxcd.io")),
    ),
    view: treeView(files),
    renderContext,
    steps: stepPlanner(renderContext, cache),
    problems,
    caches: { cache, renderings: renderings(cache), scopes, digest: renderer.digest },
  };
}

/** Objects of a chart's files only as far as Helm would leave them as they are: an ApplicationSet holds actions of its own. */
function withoutActions(
  raw: ReadonlyMap<string, readonly RenderedObject[]>,
  scoped: readonly ScopedFile[],
): ReadonlyMap<string, readonly RenderedObject[]> {
  const ofCharts = new Set(scoped.filter(({ role }) => role.kind === "chart").map(({ entry }) => entry.path));
  return new Map(
    [...raw].map(([path, objects]) => [
      path,
      ofCharts.has(path) ? objects.filter(({ value }) => !holdsAction(value)) : objects,
    ]),
  );
}

function isReadAsWritten({ kind }: Role): boolean {
  return kind === "plain" || kind === "used" || kind === "chart";
}

function mentioned(entries: readonly (TreeEntry | undefined)[], mentions: Mentions): Standalone["mentions"] {
  if (entries.some(mentions.applies)) return "directories";
  return entries.some(mentions.gitOps) ? "charts" : "nothing";
}

/** Directories with a Chart.yaml, but not those that are parts of other charts. */
function chartsIn(paths: readonly string[]): readonly string[] {
  const directories = paths.filter((path) => path === "Chart.yaml" || path.endsWith("/Chart.yaml")).map(directoryOf);
  const charts = new Set(directories);
  return directories.filter((directory) => {
    const outer = /^(?:(.*)\/)?charts\/[^/]+$/.exec(directory);
    return outer === null || !charts.has(outer[1] ?? "");
  });
}

/** The same renderer with cached Go templates, so that planning again does not render them again. */
function remembering(renderer: Renderer, cache: DesiredStateRequest["cache"]): Renderer {
  const known = facts<RenderOutcome<{ readonly texts: readonly string[] }>>(cache, "go-template");
  return {
    digest: renderer.digest,
    ...(renderer.sideBySide === undefined ? {} : { sideBySide: renderer.sideBySide }),
    kustomize: (asked) => renderer.kustomize(asked),
    helm: (asked) => renderer.helm(asked),
    substitute: (asked) => renderer.substitute(asked),
    async goTemplate(asked) {
      const key = sha256(digestText([renderer.digest, asked]));
      const held = known.get(key);
      if (held !== undefined) return held;
      const outcome = await renderer.goTemplate(asked);
      if (outcome.kind === "rendered" || outcome.kind === "failed")
        known.set(key, outcome, 4 * JSON.stringify(outcome).length);
      return outcome;
    },
    resourceSet: (asked) => renderer.resourceSet(asked),
    jsonnet: (asked) => renderer.jsonnet(asked),
    close: () => renderer.close(),
  };
}
