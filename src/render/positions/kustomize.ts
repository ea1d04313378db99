import { member } from "../../manifest/member.ts";
import { pointerOf } from "../../manifest/pointer.ts";
import type { Json, Pointer } from "../../model/json.ts";
import type { KustomizeOrigin } from "../../model/renderer.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import {
  affixCause,
  annotationsCause,
  imagesCause,
  labelsCause,
  namespaceCause,
  replicasCause,
} from "./kustomize/fields.ts";
import { generatorCause, generatorOf } from "./kustomize/generators.ts";
import { entriesThatLoad, routesFrom, type Layer, type Route } from "./kustomize/layers.ts";
import { ownDocument, type OwnDocument } from "./kustomize/own-document.ts";
import { patchCauses } from "./kustomize/patches.ts";
import { replacementsCause } from "./kustomize/replacements.ts";
import { follow, followDeepest, stepsTo } from "./kustomize/steps.ts";
import { fits, keysTo, placeIn, placeOf, textAt, type FindCause, type Subject } from "./kustomize/subject.ts";
import { sourceTexts, type SourceTexts } from "./kustomize/texts.ts";

/** A build of Kustomize as it was rendered. */
export interface KustomizeBuilt {
  readonly root: string;
  /** As handed to the build. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The texts of the files; absent: as their bytes are. */
  readonly texts?: SourceTexts;
  /** What it printed, and what is known of where each object comes from, in the same order. */
  readonly objects: readonly Pick<RenderedObject, "identity" | "value">[];
  readonly origins: readonly (KustomizeOrigin | null)[];
}

export interface KustomizePlaces {
  /**
   * The line that says the value of an object at a pointer, or the deepest value on the way to it: of a patch, of a
   * field of a kustomization, of a generator, or of the object's own file, whichever has the last word. Paths are those
   * of `files`. With precision `source` the entry that brings the object in, where the cause cannot be told.
   */
  place(index: number, pointer: Pointer): SourcePlace | undefined;
}

/** Nothing is read before a place is asked for. */
export function kustomizePlaces(built: KustomizeBuilt): KustomizePlaces {
  const texts = built.texts ?? sourceTexts(built.files);
  const generated = generatorCause(texts);
  const patches = patchCauses(texts);
  // As Kustomize runs them within one kustomization, the last first.
  const transformers: readonly FindCause[] = [
    replacementsCause(texts),
    imagesCause,
    replicasCause,
    patches.json6902,
    annotationsCause,
    labelsCause,
    affixCause,
    namespaceCause,
    patches.patches,
    patches.merge,
    generated,
  ];
  const known = new Map<number, Subjected | undefined>();

  function subjected(index: number): Subjected | undefined {
    const object = built.objects[index];
    const origin = built.origins[index];
    if (object === undefined || origin === undefined || origin === null) return undefined;
    const { path, configuredIn } = origin;
    const isOwn = path !== undefined && configuredIn === undefined;
    const own = isOwn ? ownDocument(texts.documents(path), object.identity) : undefined;
    const brings = (layer: Layer): readonly Pointer[] =>
      isOwn ? entriesThatLoad(layer, path) : layer.path === configuredIn ? [generatorEntry(layer, object, path)] : [];
    const routes = routesFrom(built.root, texts, built.files, brings);
    return { object, own, routes: likely(routes, object, own), ...(isOwn ? { path } : {}) };
  }

  function along(route: Route, { object, own, path }: Subjected, pointer: Pointer): SourcePlace | undefined {
    const { steps, value } = stepsTo(object.value, pointer);
    const subject: Subject = {
      object,
      steps,
      value,
      keys: keysTo(steps),
      names: namesAlong(route, own, object.identity.name),
      ...(own === undefined ? {} : { own: own.value }),
    };
    const isComposite = typeof value === "object" && value !== null;
    const inOwn = own === undefined ? undefined : follow(own.value, steps);
    const ownPlace = (keys: readonly (string | number)[]): SourcePlace | undefined =>
      own === undefined || path === undefined ? undefined : placeOf(path, own.document, own.pointer + pointerOf(keys));
    // An object or list that its own file has may be changed further down only.
    if (isComposite && inOwn !== undefined) return ownPlace(inOwn.path);
    for (const layer of route.layers.toReversed()) {
      for (const transformer of transformers) {
        const found = transformer(layer, subject);
        if (found !== undefined) return found;
      }
    }
    if (inOwn !== undefined && fits(inOwn.value, subject)) return ownPlace(inOwn.path);
    const entry = placeIn(route.entry.layer, route.entry.pointer);
    if (isComposite && own !== undefined) {
      const deepest = followDeepest(own.value, steps);
      const place = deepest.taken === 0 ? undefined : ownPlace(deepest.path);
      if (place !== undefined) return { ...place, precision: "source" };
    }
    return entry === undefined ? undefined : { ...entry, precision: "source" };
  }

  return {
    place(index, pointer) {
      if (!known.has(index)) known.set(index, subjected(index));
      const about = known.get(index);
      if (about === undefined) return undefined;
      const [first, ...others] = about.routes.map((route) => along(route, about, pointer));
      if (others.every((other) => samePlace(first, other))) return first;
      // Through which overlay it came cannot be told; its own text is the same for all.
      const { own, path } = about;
      const place = own === undefined || path === undefined ? undefined : placeOf(path, own.document, own.pointer);
      return place === undefined ? undefined : { ...place, precision: "source" };
    },
  };
}

/** What is known of an object whatever value is asked for. */
interface Subjected {
  readonly object: Pick<RenderedObject, "identity" | "value">;
  readonly own: OwnDocument | undefined;
  readonly path?: string;
  readonly routes: readonly Route[];
}

function samePlace(one: SourcePlace | undefined, other: SourcePlace | undefined): boolean {
  return one?.path === other?.path && one?.place.line === other?.place.line && one?.precision === other?.precision;
}

function generatorEntry(layer: Layer, object: Subjected["object"], chart: string | undefined): Pointer {
  if (chart !== undefined) {
    const charts = layer.value["helmCharts"];
    const at = Array.isArray(charts)
      ? charts.findIndex((one: Json) => chart.includes(`/${textAt(one, "name") ?? ""}/`))
      : -1;
    if (at < 0 || !Array.isArray(charts)) return "";
    return `/helmCharts/${at}${textAt(charts[at] ?? null, "version") === undefined ? "" : "/version"}`;
  }
  const at = generatorOf(layer, { object, names: new Set() });
  const field = object.identity.kind === "Secret" ? "secretGenerator" : "configMapGenerator";
  return at === undefined ? "" : `/${field}/${at}`;
}

/** Of several ways into the build those whose prefixes and suffixes give the object's name; all, where none does. */
function likely(
  routes: readonly Route[],
  { identity }: Subjected["object"],
  own: OwnDocument | undefined,
): readonly Route[] {
  if (routes.length < 2 || own === undefined) return routes;
  const fitting = routes.filter(({ layers }) => layers.reduce(affixed, nameOf(own)) === identity.name);
  const spaced = fitting.filter(
    ({ layers }) =>
      (layers.map(({ value }) => textAt(value, "namespace")).findLast(Boolean) ?? identity.namespace) ===
      identity.namespace,
  );
  return spaced.length > 0 ? spaced : fitting.length > 0 ? fitting : routes;
}

function nameOf(own: OwnDocument | undefined): string {
  const name = member(member(own?.value, "metadata"), "name");
  return typeof name === "string" ? name : "";
}

function affixed(name: string, { value }: Layer): string {
  return `${textAt(value, "namePrefix") ?? ""}${name}${textAt(value, "nameSuffix") ?? ""}`;
}

function namesAlong({ layers }: Route, own: OwnDocument | undefined, last: string): ReadonlySet<string> {
  const names = new Set([last]);
  let name = nameOf(own);
  if (name === "") return names;
  names.add(name);
  for (const layer of layers) names.add((name = affixed(name, layer)));
  return names;
}
