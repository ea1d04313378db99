import { cleanPath } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { readChart } from "./read-chart.ts";
import type { FailedFetch, FetchedDirectory } from "../remotes/remote-directories.ts";
import { failedFetch, findChart, type ChartSearch } from "./find-chart.ts";
import type { VendoredCopy } from "./vendored-chart.ts";

/** The files of a chart by their path within it, each with its path in the tree. */
export interface ChartFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Dependencies that nothing in the tree stands in for. */
  readonly missing: readonly MissingChart[];
  /** Vendored copies that stand in for dependencies. */
  readonly copies: readonly VendoredCopy[];
  /** Dependencies that servers have. */
  readonly fetched: readonly FetchedDirectory[];
}

export interface MissingChart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** The Chart.yaml that asks for it, in the tree. */
  readonly path: string;
  /** What its server said, where it was asked. */
  readonly failure?: FailedFetch;
}

/** The longest chain of dependencies by `file://`. */
const deepest = 10;

/** Gathers a chart in the tree and its dependencies: from `charts/`, by `file://`, from the directory of vendored charts, or from servers. */
export async function chartFiles(chart: string, search: ChartSearch, depth = 0): Promise<ChartFiles> {
  const { files } = search;
  const found = new Map<string, string>();
  const prefix = chart === "" ? "" : `${chart}/`;
  for (const path of files.filesBelow(chart)) found.set(path.slice(prefix.length), path);
  const missing: MissingChart[] = [];
  const copies: VendoredCopy[] = [];
  const fetched: FetchedDirectory[] = [];
  const chartMetadata = await readChart(chart, files);
  for (const dependency of chartMetadata?.dependencies ?? []) {
    const { name, version, repository } = dependency;
    if (isThere(name, found)) continue;
    const local = localChart(chart, repository, files);
    const there = local === undefined ? await findChart(dependency, search) : undefined;
    const stand = local ?? (there?.kind === "copy" || there?.kind === "fetched" ? there.path : undefined);
    if (there?.kind === "copy") copies.push(there.copy);
    if (there?.kind === "fetched") fetched.push(there.fetched);
    if (stand === undefined || depth >= deepest) {
      const failure = failedFetch(there);
      missing.push({
        name,
        version,
        repository,
        path: `${prefix}Chart.yaml`,
        ...(failure === undefined ? {} : { failure }),
      });
    } else if (files.fileAt(stand) !== undefined) found.set(`charts/${stand.slice(stand.lastIndexOf("/") + 1)}`, stand);
    else {
      const inner = await chartFiles(stand, search, depth + 1);
      for (const [path, from] of inner.files) found.set(`charts/${name}/${path}`, from);
      missing.push(...inner.missing);
      copies.push(...inner.copies);
      fetched.push(...inner.fetched);
    }
  }
  return { files: found, missing, copies, fetched };
}

/** The directory of a dependency by `file://`. A fetched chart's are within what was fetched. */
function localChart(chart: string, repository: string, files: TreeFiles): string | undefined {
  if (!repository.startsWith("file://")) return undefined;
  const directory = cleanPath(`${chart}/${repository.slice("file://".length)}`);
  return files.fetchedAt(chart) === files.fetchedAt(directory) ? directory : undefined;
}

function isThere(name: string, files: ReadonlyMap<string, string>): boolean {
  if (files.has(`charts/${name}/Chart.yaml`)) return true;
  const start = `charts/${name}-`;
  return [...files.keys()].some((path) => path.startsWith(start) && path.endsWith(".tgz"));
}
