import type { Step } from "../plan.ts";
import { kustomizationNames } from "../files/scope.ts";
import { otherRepository, withoutUser } from "../repository-url.ts";
import { unseenRevision } from "../revision.ts";
import { candidates } from "./directory-files.ts";
import { fieldsOf, type Fields } from "./fields.ts";
import { isJsonnet, jsonnetOptions } from "./jsonnet-options.ts";
import { planHelm } from "./helm-source.ts";
import { planKustomize } from "./kustomize-source.ts";
import { chartReference } from "../charts/find-chart.ts";
import { overrideSource, placeInLayers } from "./source-overrides.ts";
import type { FoundRepository } from "./source-repository.ts";
import type { SourceRequest } from "./source-request.ts";
import { resolvePath } from "./tree-path.ts";

/** Plans one source of an Application; undefined where a problem or gap was reported to `diagnostics`, and for a source that is only a reference. */
export async function planSource(
  request: Omit<SourceRequest, "directory" | "root"> & { readonly repository: FoundRepository },
): Promise<Step | undefined> {
  const { source, diagnostics, context } = request;
  const url = source.text("repoURL");
  const chart = source.text("chart");
  if (url === "") {
    diagnostics.problem(source.pointer, "a source needs repoURL");
    return undefined;
  }
  if (chart !== "") return planChart(request);
  if (url.startsWith("oci://") && request.repository.fetched === undefined) {
    if (request.repository.isTold !== true)
      diagnostics.gap(
        `${source.pointer}/repoURL`,
        `not rendered: its manifests are in a registry, ${withoutUser(url)}`,
      );
    return undefined;
  }
  const written = source.text("path");
  const { kind: repository, root, fetched, isTold } = request.repository;
  const revision = source.text("targetRevision");
  const unseen = repository === "other" || fetched !== undefined ? undefined : unseenRevision(revision, context);
  const tellRevision = (): void => {
    if (unseen !== undefined) diagnostics.gap(`${source.pointer}/targetRevision`, unseen);
  };
  if (isTold === true) return undefined;
  if (written === "" && source.text("ref") !== "") {
    tellRevision();
    return undefined;
  }
  if (root === undefined) {
    diagnostics.gap(`${source.pointer}/repoURL`, `not rendered: it is in ${otherRepository(url)}`);
    return undefined;
  }
  if (written === "") {
    diagnostics.problem(source.pointer, "a source needs path or chart");
    return undefined;
  }
  const directory = written.startsWith("/") ? undefined : resolvePath(root, written, root);
  if (directory === undefined) {
    diagnostics.problem(
      `${source.pointer}/path`,
      `path ${written} ${written.startsWith("/") ? "is absolute" : "leads out of the repository"}; expected a directory relative to the root`,
    );
    return undefined;
  }
  const submodule = context.tree.submoduleOf(directory);
  if (submodule !== undefined) {
    diagnostics.gap(`${source.pointer}/path`, `not rendered: ${written} is in the submodule ${submodule}`);
    return undefined;
  }
  if (!context.tree.isDirectory(directory)) {
    if (fetched !== undefined) {
      diagnostics.problem(
        `${source.pointer}/path`,
        `${withoutUser(url)} has no directory ${written} at ${fetched.fetched.version}`,
      );
    } else if (repository === "unknown") {
      diagnostics.gap(
        `${source.pointer}/repoURL`,
        `not rendered: ${written} is not a directory in this tree, so it is assumed to be in another repository, ${withoutUser(url)}`,
      );
    } else if (unseen !== undefined) {
      diagnostics.gap(
        `${source.pointer}/targetRevision`,
        `not rendered: ${written} is not a directory in this tree, and it follows ${revision}`,
      );
    } else {
      const what = context.tree.has(directory) ? "is a file" : "does not exist in this tree";
      diagnostics.problem(`${source.pointer}/path`, `path ${written} ${what}; expected a directory`);
    }
    return undefined;
  }
  tellRevision();
  return planDirectory({ ...request, root }, directory);
}

/** Plans a chart from a registry. */
async function planChart(request: Omit<SourceRequest, "directory" | "root">): Promise<Step | undefined> {
  const { source, diagnostics } = request;
  if (source.text("targetRevision") === "") {
    diagnostics.problem(source.pointer, "a chart needs targetRevision");
    return undefined;
  }
  const type = explicitType(source);
  if (type.length > 1 || (type.length === 1 && type[0] !== "helm")) {
    diagnostics.problem(source.pointer, `a chart takes helm options only, not ${type.join(", ")}`);
    return undefined;
  }
  const chartRoot = await fetchedChart(request);
  return planHelm({ ...request, root: "", directory: undefined, ...(chartRoot === undefined ? {} : { chartRoot }) });
}

/** Where the chart of a registry is, for values files in it. A copy in the tree has another place. */
async function fetchedChart({
  source,
  context,
}: Pick<SourceRequest, "source" | "context">): Promise<string | undefined> {
  if (context.config.helm.vendor !== undefined) return undefined;
  const asked = {
    repository: source.text("repoURL"),
    name: source.text("chart"),
    version: source.text("targetRevision"),
    rules: "argocd" as const,
  };
  const reference = chartReference(asked);
  const fetched = reference === undefined ? undefined : await context.remotes.fetch(reference);
  return fetched?.kind === "found" ? fetched.directory : undefined;
}

async function planDirectory(before: Omit<SourceRequest, "directory">, directory: string): Promise<Step | undefined> {
  const { diagnostics, context, application } = before;
  const { tree } = context;
  const overridden = await overrideSource(before.source.value, directory, application.name, tree);
  if (overridden.kind === "unreadable") {
    diagnostics.problem(before.source.pointer, `${overridden.path}, line ${overridden.line}: ${overridden.message}`);
    return undefined;
  }
  const source = fieldsOf(overridden.source, before.source.pointer, diagnostics.wrongType);
  const place: SourceRequest["place"] = (pointer) =>
    placeInLayers(pointer.slice(source.pointer.length), overridden.layers) ?? before.place(pointer);
  const request: SourceRequest = { ...before, source, directory, place };
  const types = explicitType(source);
  if (types.length > 1) {
    diagnostics.problem(source.pointer, `a source must use one tool, not ${types.join(", ")}`);
    return undefined;
  }
  const within = (name: string): boolean => tree.has(directory === "" ? name : `${directory}/${name}`);
  const detected = kustomizationNames.some(within) ? "kustomize" : within("Chart.yaml") ? "helm" : "directory";
  switch (types[0] ?? detected) {
    case "kustomize":
      return planKustomize(request);
    case "helm":
      return planHelm(request);
    case "plugin":
      diagnostics.gap(
        `${source.pointer}/plugin`,
        `not rendered: it needs the config management plugin ${source.object("plugin")?.text("name") || "that Argo CD finds for it"}`,
      );
      return undefined;
    case "directory":
      return directoryStep(request, directory);
  }
}

function directoryStep(request: SourceRequest, path: string): Step {
  const { source, context } = request;
  const options = source.object("directory");
  const include = options?.text("include") ?? "";
  const exclude = options?.text("exclude") ?? "";
  const step = {
    kind: "directory",
    path,
    recurse: options?.flag("recurse") ?? false,
    ...(include === "" ? {} : { include }),
    ...(exclude === "" ? {} : { exclude }),
    ...(options?.flag("disableExtensionFilter") === true ? { anyExtension: true } : {}),
  } as const;
  if (!candidates(step, context.tree).some(isJsonnet)) return step;
  return { ...step, jsonnet: jsonnetOptions(options?.object("jsonnet"), request) };
}

type Tool = "kustomize" | "helm" | "directory" | "plugin";

/** The tools that a source has options for. Empty options do not count: Argo CD drops them. */
function explicitType(source: Fields): readonly Tool[] {
  const tools: readonly Tool[] = ["kustomize", "helm", "directory", "plugin"];
  return tools.filter((tool) => {
    const options = source.object(tool);
    return options !== undefined && (tool === "plugin" || Object.values(options.value).some(isNonEmpty));
  });
}

function isNonEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === "") return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== "object" || Object.values(value).some(isNonEmpty);
}
