import { isObject } from "../../manifest/identity.ts";
import { isList } from "../../manifest/member.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { readFile } from "../files/read-file.ts";
import { valuesFile, type ValuesText } from "./values-text.ts";

/** A file of a chart: where the tree has it, and what it holds. */
export interface ChartFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The values that a chart and its dependencies bring along, lowest first: what a chart says of a dependency wins over the
 * dependency's own. `files` by path within the chart. What lies in archives has no place, and is left out.
 */
export function chartValues(files: ReadonlyMap<string, ChartFile>): readonly ValuesText[] {
  return layersBelow("", [], files);
}

function layersBelow(
  directory: string,
  under: readonly string[],
  files: ReadonlyMap<string, ChartFile>,
): readonly ValuesText[] {
  const start = `${directory}charts/`;
  const names = [...files.keys()].filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  const charts = new Set(names.filter((name) => name.includes("/")).map((name) => name.slice(0, name.indexOf("/"))));
  const dependencies = dependenciesOf(files.get(`${directory}Chart.yaml`));
  const inner = [...charts].flatMap((chart) => {
    const below = `${start}${chart}/`;
    const { name } = metadataOf(files.get(`${below}Chart.yaml`));
    if (typeof name !== "string") return [];
    const aliases = dependencies.filter((one) => one["name"] === name).map(({ alias }) => alias);
    const known = aliases.length === 0 ? [undefined] : aliases;
    return known.flatMap((alias) => layersBelow(below, [...under, typeof alias === "string" ? alias : name], files));
  });
  const own = files.get(`${directory}values.yaml`);
  return own === undefined ? inner : [...inner, valuesFile(own.path, own.bytes, under)];
}

function metadataOf(file: ChartFile | undefined): JsonObject {
  if (file === undefined) return {};
  const { manifests, notManifests } = readFile(file.path, file.bytes);
  const value: Json | undefined = manifests[0]?.value ?? notManifests[0]?.value;
  return isObject(value) ? value : {};
}

function dependenciesOf(file: ChartFile | undefined): readonly JsonObject[] {
  const { dependencies } = metadataOf(file);
  return isList(dependencies) ? dependencies.filter(isObject) : [];
}
