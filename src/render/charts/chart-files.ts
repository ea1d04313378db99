import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { readFile } from "../files/read-file.ts";
import { cleanPath } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** The files of a chart by their path within it, each with its path in the tree. */
export interface ChartFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Dependencies that nothing in the tree stands in for. */
  readonly missing: readonly MissingChart[];
}

export interface MissingChart {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** The Chart.yaml that asks for it, in the tree. */
  readonly path: string;
}

/** The fields of Chart.yaml that decide what is rendered. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly library: boolean;
  readonly dependencies: readonly { readonly name: string; readonly version: string; readonly repository: string }[];
}

/** The longest chain of dependencies by `file://`. */
const deepest = 10;

/** Gathers a chart in the tree and its dependencies: from `charts/`, by `file://`, or from the directory of vendored charts. */
export async function chartFiles(
  chart: string,
  files: TreeFiles,
  vendor: string | undefined,
  depth = 0,
): Promise<ChartFiles> {
  const found = new Map<string, string>();
  const prefix = chart === "" ? "" : `${chart}/`;
  for (const path of files.filesBelow(chart)) found.set(path.slice(prefix.length), path);
  const missing: MissingChart[] = [];
  const chartMetadata = await readChart(chart, files);
  for (const { name, version, repository } of chartMetadata?.dependencies ?? []) {
    if (isThere(name, found)) continue;
    const local = repository.startsWith("file://") ? cleanPath(`${chart}/${repository.slice(7)}`) : undefined;
    const stand = local ?? (await vendored({ name, version }, files, vendor));
    if (stand === undefined || depth >= deepest) {
      missing.push({ name, version, repository, path: `${prefix}Chart.yaml` });
    } else if (files.fileAt(stand) !== undefined) found.set(`charts/${stand.slice(stand.lastIndexOf("/") + 1)}`, stand);
    else {
      const inner = await chartFiles(stand, files, vendor, depth + 1);
      for (const [path, from] of inner.files) found.set(`charts/${name}/${path}`, from);
      missing.push(...inner.missing);
    }
  }
  return { files: found, missing };
}

/** Finds the vendored copy of a chart: a directory `<name>` or an archive `<name>-<version>.tgz`, of that version where an exact one is given. */
export async function vendored(
  { name, version }: { readonly name: string; readonly version: string },
  files: TreeFiles,
  vendor: string | undefined,
): Promise<string | undefined> {
  if (vendor === undefined) return undefined;
  const directory = cleanPath(`${vendor}/${name}`);
  const exact = /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version);
  const fits = (found: string): boolean => !exact || withoutV(found) === withoutV(version);
  const chartMetadata = await readChart(directory, files);
  if (chartMetadata !== undefined && fits(chartMetadata.version)) return directory;
  const start = `${directory}-`;
  const archives = files
    .filesBelow(cleanPath(vendor))
    .filter((path) => path.startsWith(start) && path.endsWith(".tgz") && /^v?\d/.test(path.slice(start.length)));
  return archives.filter((path) => fits(path.slice(start.length, -4))).at(-1);
}

function withoutV(version: string): string {
  return version.replace(/^v/, "");
}

function isThere(name: string, files: ReadonlyMap<string, string>): boolean {
  if (files.has(`charts/${name}/Chart.yaml`)) return true;
  const start = `charts/${name}-`;
  return [...files.keys()].some((path) => path.startsWith(start) && path.endsWith(".tgz"));
}

/** Reads Chart.yaml, and requirements.yaml of an old chart; undefined where Chart.yaml is missing or cannot be read. */
export async function readChart(chart: string, files: TreeFiles): Promise<ChartMetadata | undefined> {
  const [file, old] = ["Chart.yaml", "requirements.yaml"].map((name) => (chart === "" ? name : `${chart}/${name}`));
  if (file === undefined || old === undefined || files.fileAt(file) === undefined) return undefined;
  const bytes = await files.read([file, old]);
  const value = firstObject(file, bytes.get(file));
  if (value === undefined) return undefined;
  const requirements = firstObject(old, bytes.get(old)) ?? {};
  const listed = [value["dependencies"], requirements["dependencies"]].flatMap(objects);
  return {
    name: text(value["name"]),
    version: text(value["version"]),
    library: value["type"] === "library",
    dependencies: listed.map((one) => ({
      name: text(one["name"]),
      version: text(one["version"]),
      repository: text(one["repository"]),
    })),
  };
}

/** The first document of a YAML file if it is an object, whether or not it is a manifest. */
export function firstObject(path: string, bytes: Uint8Array | undefined): JsonObject | undefined {
  if (bytes === undefined) return undefined;
  const { manifests, notManifests } = readFile(path, bytes);
  const value = manifests[0]?.value ?? notManifests[0]?.value;
  return isObject(value) ? value : undefined;
}

function objects(list: Json | undefined): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}
