import { isObject } from "../../../manifest/identity.ts";
import { isList } from "../../../manifest/member.ts";
import type { Json, JsonObject, Pointer } from "../../../model/json.ts";
import { directoryOf, kustomizationNames } from "../../files/scope.ts";
import type { SourceTexts, TextDocument } from "./texts.ts";

/** One kustomization of a build. */
export interface Layer {
  readonly path: string;
  readonly directory: string;
  readonly value: JsonObject;
  readonly document: TextDocument;
}

/** One way in which an object reaches the root: the kustomizations that work on it, the innermost first. */
export interface Route {
  readonly layers: readonly Layer[];
  /** The entry that brings it in. */
  readonly entry: { readonly layer: Layer; readonly pointer: Pointer };
}

/** The most routes that are followed; beyond, the one that applied cannot be determined. */
const mostRoutes = 64;

/** The ways in which what `brings` names reaches the root. */
export function routesFrom(
  root: string,
  texts: SourceTexts,
  files: ReadonlyMap<string, Uint8Array>,
  brings: (layer: Layer) => readonly Pointer[],
): readonly Route[] {
  const layers = new Map<string, Layer | undefined>();
  const layerAt = (directory: string): Layer | undefined => {
    if (!layers.has(directory)) layers.set(directory, readLayer(directory, texts, files));
    return layers.get(directory);
  };
  const loaded = (layer: Layer, field: string): readonly Layer[] =>
    entriesOf(layer, field).flatMap(({ target }) => {
      const found = target === undefined || files.has(target) ? undefined : layerAt(target);
      return found === undefined ? [] : [found];
    });
  const asComponent = (layer: Layer, above: readonly Layer[]): readonly Layer[] =>
    above.includes(layer)
      ? []
      : [...loaded(layer, "components").flatMap((one) => asComponent(one, [...above, layer])), layer];
  const routes = (layer: Layer, above: readonly Layer[]): readonly Route[] => {
    if (above.includes(layer) || above.length > 64) return [];
    const path = [...above, layer];
    const components = loaded(layer, "components");
    const after = (route: Route, from: number): Route => ({
      ...route,
      layers: [...route.layers, ...components.slice(from).flatMap((one) => asComponent(one, path)), layer],
    });
    return [
      ...brings(layer).map((pointer) => after({ layers: [], entry: { layer, pointer } }, 0)),
      ...["resources", "bases"]
        .flatMap((field) => loaded(layer, field))
        .flatMap((child) => routes(child, path).map((route) => after(route, 0))),
      ...components.flatMap((child, at) => routes(child, path).map((route) => after(route, at + 1))),
    ].slice(0, mostRoutes);
  };
  const first = layerAt(root);
  return first === undefined ? [] : routes(first, []);
}

/** The pointers of a kustomization's entries that load a file. */
export function entriesThatLoad(layer: Layer, path: string): readonly Pointer[] {
  return ["resources", "bases"].flatMap((field) =>
    entriesOf(layer, field).flatMap(({ target, pointer }) => (target === path ? [pointer] : [])),
  );
}

function entriesOf(
  layer: Layer,
  field: string,
): readonly { readonly target: string | undefined; readonly pointer: Pointer }[] {
  return itemsOf(layer.value[field]).map((item, at) => ({
    target: typeof item === "string" ? pathFrom(layer.directory, item) : undefined,
    pointer: `/${field}/${at}`,
  }));
}

function readLayer(directory: string, texts: SourceTexts, files: ReadonlyMap<string, Uint8Array>): Layer | undefined {
  for (const name of kustomizationNames) {
    const path = directory === "" ? name : `${directory}/${name}`;
    if (!files.has(path)) continue;
    const [document] = texts.documents(path);
    if (document === undefined || !isObject(document.value)) return undefined;
    return { path, directory: directoryOf(path), value: document.value, document };
  }
  return undefined;
}

/** The path of the tree that a kustomization in a directory means; undefined outside of it. */
export function pathFrom(directory: string, written: string): string | undefined {
  const parts = directory === "" ? [] : directory.split("/");
  for (const part of written.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** The items of a list; none of anything else. */
export function itemsOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
