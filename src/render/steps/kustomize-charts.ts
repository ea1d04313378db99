import type { Gap } from "../../model/source.ts";
import { chartFiles } from "../charts/chart-files.ts";
import { vendoredChart, type VendoredCopy } from "../charts/vendored-chart.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { cleanPath } from "../files/scope.ts";
import type { RenderContext } from "./step.ts";

/** The charts that a build renders, at the paths where Kustomize looks for them. */
export interface KustomizeCharts {
  /** By the path at which Kustomize looks: the file of the tree. */
  readonly files: ReadonlyMap<string, string>;
  /** Directories of the charts where Kustomize looks, with their files by path within the chart. */
  readonly charts: readonly { readonly home: string; readonly files: ReadonlyMap<string, string> }[];
  readonly copies: readonly VendoredCopy[];
  readonly gaps: readonly Omit<Gap, "source">[];
}

/** Finds the charts of a build in the tree or among vendored charts; a chart that only a registry has is a gap. */
export async function kustomizeCharts(
  build: KustomizeBuild | undefined,
  { files, vendor }: RenderContext,
): Promise<KustomizeCharts> {
  const found = new Map<string, string>();
  const charts: { home: string; files: ReadonlyMap<string, string> }[] = [];
  const copies: VendoredCopy[] = [];
  const gaps: Omit<Gap, "source">[] = [];
  for (const { node, chart } of build?.charts ?? []) {
    const text = (key: string): string => (typeof chart[key] === "string" ? chart[key] : "");
    const [name, version, repo] = [text("name"), text("version"), text("repo")];
    if (name === "") continue;
    const inHome = version !== "" && repo !== "" ? `${name}-${version}/${name}` : name;
    const chartHome = text("chartHome") || node.content.chartHome || "charts";
    const home = cleanPath(`${node.directory}/${chartHome}/${inHome}`);
    const copy =
      files.directoryAt(home) === undefined
        ? await vendoredChart({ name, version, repository: repo }, files, vendor)
        : undefined;
    const directory = files.directoryAt(copy?.path ?? home);
    const path = files.fileAt(node.path)?.path ?? node.path;
    if (directory === undefined) {
      const from = [repo, version].filter((part) => part !== "").join(" ");
      const reason = `chart ${name}${from === "" ? "" : ` (${from})`} is not in this tree: expected it at ${home}, or as a directory of \`helm.vendor\``;
      gaps.push({ path, line: 1, reason });
      continue;
    }
    const gathered = await chartFiles(directory, files, vendor);
    for (const { name: needed, version: of, repository } of gathered.missing) {
      const reason = `chart ${name} depends on ${needed} ${of} of ${repository || "no repository"}, which is not in this tree`;
      gaps.push({ path, line: 1, reason });
    }
    copies.push(...(copy === undefined ? [] : [copy]), ...gathered.copies);
    charts.push({ home, files: gathered.files });
    for (const [inner, from] of gathered.files) found.set(`${home}/${inner}`, from);
  }
  return { files: found, charts, copies, gaps };
}
