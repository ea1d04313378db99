import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { readFile } from "../files/read-file.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** The fields of Chart.yaml that decide what is rendered. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly library: boolean;
  readonly dependencies: readonly ChartDependency[];
}

export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  /** The version that Chart.lock has for it: it takes precedence where the dependency is fetched. */
  readonly locked?: string;
}

/** Reads Chart.yaml with its lock, and requirements.yaml of an old chart; undefined where Chart.yaml is missing or cannot be read. */
export async function readChart(chart: string, files: TreeFiles): Promise<ChartMetadata | undefined> {
  const within = (name: string): string => (chart === "" ? name : `${chart}/${name}`);
  const [file, old] = [within("Chart.yaml"), within("requirements.yaml")];
  if (files.fileAt(file) === undefined) return undefined;
  const locks = [within("requirements.lock"), within("Chart.lock")];
  const bytes = await files.read([file, old, ...locks]);
  const value = firstObject(file, bytes.get(file));
  if (value === undefined) return undefined;
  const requirements = firstObject(old, bytes.get(old)) ?? {};
  const listed = [value["dependencies"], requirements["dependencies"]].flatMap(objects);
  const locked = new Map(
    locks
      .flatMap((lock) => objects(firstObject(lock, bytes.get(lock))?.["dependencies"]))
      .map((one) => [`${text(one["name"])} ${text(one["repository"])}`, text(one["version"])]),
  );
  return {
    name: text(value["name"]),
    version: text(value["version"]),
    library: value["type"] === "library",
    dependencies: listed.map((one): ChartDependency => {
      const [name, repository] = [text(one["name"]), text(one["repository"])];
      const version = locked.get(`${name} ${repository}`);
      return { name, version: text(one["version"]), repository, ...(version === undefined ? {} : { locked: version }) };
    }),
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
