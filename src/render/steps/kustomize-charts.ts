import type { Problem } from "../../model/problem.ts";
import type { Gap } from "../../model/source.ts";
import { chartFiles } from "../charts/chart-files.ts";
import { failedFetch, findChart } from "../charts/find-chart.ts";
import type { VendoredCopy } from "../charts/vendored-chart.ts";
import type { FailedFetch, FetchedDirectory } from "../remotes/remote-directories.ts";
import { notFetched } from "./not-fetched.ts";
import type { KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { valuesSchemas } from "../charts/values-schemas.ts";
import { cleanPath } from "../files/scope.ts";
import { ownTexts } from "../own-text.ts";
import { dependencyPlace } from "./dependency-place.ts";
import type { Entry } from "./entry.ts";
import { placeOfVersion } from "./line-of-entry.ts";
import { missingSchemas } from "./missing-schemas.ts";
import type { Read, RenderContext } from "./step.ts";

/** The charts that a build renders, at the paths where Kustomize looks for them. */
export interface KustomizeCharts {
  /** By the path at which Kustomize looks: the file of the tree. */
  readonly files: ReadonlyMap<string, string>;
  /** Directories of the charts where Kustomize looks, with their files by path within the chart. */
  readonly charts: readonly { readonly home: string; readonly files: ReadonlyMap<string, string> }[];
  readonly copies: readonly VendoredCopy[];
  readonly fetched: readonly FetchedDirectory[];
  /** The kustomizations that name fetched charts. */
  readonly fetchedBy: readonly { readonly directory: string; readonly path: string; readonly written: string }[];
  readonly gaps: readonly Omit<Gap, "source">[];
  /** By the path at which Kustomize looks: what is handed to it in place of the file. */
  readonly content: ReadonlyMap<string, Uint8Array>;
  /** Files that `content` was made of besides. */
  readonly reads: readonly Read[];
  /** Gaps that leave the build whole. */
  readonly doubts: readonly Omit<Gap, "source">[];
  readonly problems: readonly Problem[];
}

/** Finds the charts of a build in the tree, among vendored charts, or in registries. */
export async function kustomizeCharts(
  build: KustomizeBuild | undefined,
  context: RenderContext,
): Promise<KustomizeCharts> {
  const { files } = context;
  const found = new Map<string, string>();
  const fetched: FetchedDirectory[] = [];
  const fetchedBy: { directory: string; path: string; written: string }[] = [];
  const problems: Problem[] = [];
  const charts: { home: string; files: ReadonlyMap<string, string> }[] = [];
  const copies: VendoredCopy[] = [];
  const gaps: Omit<Gap, "source">[] = [];
  const doubts: Omit<Gap, "source">[] = [];
  const content = new Map<string, Uint8Array>();
  const reads: Read[] = [];
  const named = build?.charts ?? [];
  const own = ownTexts(await files.read(new Set(named.map(({ path }) => path))), (path) => path);
  for (const { node, chart, path } of named) {
    const text = (key: string): string => (typeof chart[key] === "string" ? chart[key] : "");
    const [name, version, repo] = [text("name"), text("version"), text("repo")];
    if (name === "") continue;
    const inHome = version !== "" && repo !== "" ? `${name}-${version}/${name}` : name;
    const chartHome = text("chartHome") || node.content.chartHome || "charts";
    const home = cleanPath(`${node.directory}/${chartHome}/${inHome}`);
    const there =
      files.directoryAt(home) === undefined ? await findChart({ name, version, repository: repo }, context) : undefined;
    const instead = there?.kind === "copy" || there?.kind === "fetched" ? there.path : home;
    const directory = files.directoryAt(instead);
    // A generator's file has the chart's name in its metadata, too.
    const written = path !== node.path && version !== "" ? version : name;
    const place = placeOfVersion(own.reading(path), (entry) => entry.name === written || entry.value === written);
    const at = { path: files.fileAt(path)?.path ?? path, line: place?.line ?? 1 };
    const from = [repo, version].filter((part) => part !== "").join(" ");
    const shown = `chart ${name}${from === "" ? "" : ` (${from})`}`;
    const tell = (failure: FailedFetch, what: string, where: Entry = at): void => {
      const told = notFetched(failure, where, what);
      gaps.push(...(told.gaps ?? []));
      problems.push(...(told.problems ?? []));
    };
    const failure = failedFetch(there);
    if (directory === undefined) {
      if (failure !== undefined) tell(failure, `${shown}: `);
      else
        gaps.push({
          ...at,
          reason: `${shown} is not in this tree: expected it at ${home}, or as a directory of \`helm.vendor\``,
        });
      continue;
    }
    const gathered = await chartFiles(directory, context);
    for (const { name: needed, version: of, repository, path: asking, failure: why } of gathered.missing) {
      const what = `chart ${name} depends on ${needed} ${of} of ${repository || "no repository"}`;
      const isOwn = files.fetchedAt(asking) === undefined;
      const own = isOwn ? await dependencyPlace(asking, needed, files) : undefined;
      const where = own === undefined ? at : { path: own.path, line: own.line };
      if (why === undefined) gaps.push({ ...where, reason: `${what}, which is not in this tree` });
      else tell(why, `${what}: `, where);
    }
    copies.push(...(there?.kind === "copy" ? [there.copy] : []), ...gathered.copies);
    const ofServers = [...(there?.kind === "fetched" ? [there.fetched] : []), ...gathered.fetched];
    fetched.push(...ofServers);
    fetchedBy.push(...ofServers.map((one) => ({ directory: one.directory, path, written })));
    charts.push({ home, files: gathered.files });
    const schemas = await valuesSchemas(gathered.files, context);
    const told = missingSchemas(schemas.missing, { files: gathered.files, entry: at }, files);
    doubts.push(...(told.gaps ?? []));
    problems.push(...(told.problems ?? []));
    fetched.push(...schemas.fetched);
    reads.push(...schemas.reads);
    for (const [inner, whole] of schemas.content) content.set(`${home}/${inner}`, whole);
    for (const [inner, from] of gathered.files) found.set(`${home}/${inner}`, from);
  }
  return { files: found, charts, copies, fetched, fetchedBy, gaps, content, reads, doubts, problems };
}
