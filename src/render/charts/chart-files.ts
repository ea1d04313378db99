import { cleanPath } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { readChart } from "./read-chart.ts";
import { vendoredChart, type VendoredCharts, type VendoredCopy } from "./vendored-chart.ts";

/** The files of a chart by their path within it, each with its path in the tree. */
export interface ChartFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Dependencies that nothing in the tree stands in for. */
  readonly missing: readonly MissingChart[];
  /** Vendored copies that stand in for dependencies. */
  readonly copies: readonly VendoredCopy[];
}

export interface MissingChart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** The Chart.yaml that asks for it, in the tree. */
  readonly path: string;
}

/** The longest chain of dependencies by `file://`. */
const deepest = 10;

/** Gathers a chart in the tree and its dependencies: from `charts/`, by `file://`, or from the directory of vendored charts. */
export async function chartFiles(
  chart: string,
  files: TreeFiles,
  vendor: VendoredCharts | undefined,
  depth = 0,
): Promise<ChartFiles> {
  const found = new Map<string, string>();
  const prefix = chart === "" ? "" : `${chart}/`;
  for (const path of files.filesBelow(chart)) found.set(path.slice(prefix.length), path);
  const missing: MissingChart[] = [];
  const copies: VendoredCopy[] = [];
  const chartMetadata = await readChart(chart, files);
  for (const { name, version, repository } of chartMetadata?.dependencies ?? []) {
    if (isThere(name, found)) continue;
    const local = repository.startsWith("file://") ? cleanPath(`${chart}/${repository.slice(7)}`) : undefined;
    const copy = local === undefined ? await vendoredChart({ name, version, repository }, files, vendor) : undefined;
    const stand = local ?? copy?.path;
    if (copy !== undefined) copies.push(copy);
    if (stand === undefined || depth >= deepest) {
      missing.push({ name, version, repository, path: `${prefix}Chart.yaml` });
    } else if (files.fileAt(stand) !== undefined) found.set(`charts/${stand.slice(stand.lastIndexOf("/") + 1)}`, stand);
    else {
      const inner = await chartFiles(stand, files, vendor, depth + 1);
      for (const [path, from] of inner.files) found.set(`charts/${name}/${path}`, from);
      missing.push(...inner.missing);
      copies.push(...inner.copies);
    }
  }
  return { files: found, missing, copies };
}

function isThere(name: string, files: ReadonlyMap<string, string>): boolean {
  if (files.has(`charts/${name}/Chart.yaml`)) return true;
  const start = `charts/${name}-`;
  return [...files.keys()].some((path) => path.startsWith(start) && path.endsWith(".tgz"));
}
