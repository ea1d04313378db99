import { keysOf, valueAt } from "../../manifest/pointer.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json, Pointer } from "../../model/json.ts";
import type { Renderer } from "../../model/renderer.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { readFile } from "../files/read-file.ts";
import { writtenIn } from "../flux/written-in.ts";
import { kustomizePlaces } from "../positions/kustomize.ts";
import { documentsOf, type SourceTexts, type TextDocument } from "../positions/kustomize/texts.ts";
import type { PostRenderer } from "../plan.ts";
import { readRendered, type RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import { overlay, type FinishedDocument } from "./finish.ts";

/** A document of a chart, by its number in Helm's answer. */
interface ChartDocument {
  readonly number: number;
  readonly yaml: string;
}

/** Finds where the values of objects come from that post renderers were applied to. */
export interface PostRenderedPlaces {
  /** `document`: the number of the chart's document that the object was made from. */
  place(object: RenderedObject, document: number, pointer: Pointer): SourcePlace | undefined;
}

/** Documents after a post renderer, and where their values come from. */
interface Stage {
  readonly documents: readonly FinishedDocument[];
  place(document: number, pointer: Pointer): SourcePlace | undefined;
}

/**
 * Applies the post renderers once more, one after the other: a value is that of the last one that sets it, else of the
 * chart. `inChart` finds places of what Helm rendered. Undefined where the post renderers do not succeed.
 */
export async function postRenderedPlaces(
  chart: readonly ChartDocument[],
  postRenderers: readonly PostRenderer[],
  inChart: (document: number, pointer: Pointer, value: Json | undefined) => SourcePlace | undefined,
  { files, renderer }: { readonly files: TreeFiles; readonly renderer: Renderer },
): Promise<PostRenderedPlaces | undefined> {
  const texts = await files.read(new Set(postRenderers.map(({ at }) => at.path)));
  let stage: Stage = {
    documents: chart.map(({ yaml }, from) => ({ text: yaml, from })),
    place: (at, pointer) => {
      const { number, yaml } = chart[at] ?? { number: -1, yaml: "" };
      return inChart(number, pointer, valueAt(documentsOf(yaml)[0]?.value, keysOf(pointer)));
    },
  };
  for (const postRenderer of postRenderers) {
    const outcome = await overlay(stage.documents, postRenderer.kustomization, renderer);
    if (outcome.kind === "failed") return undefined;
    stage = stageAfter(stage, outcome.documents, postRenderer, texts.get(postRenderer.at.path));
  }
  const last = stage;
  const objects = objectsOf(last.documents);
  return {
    place({ identity, value }, document, pointer) {
      const number = chart.findIndex((one) => one.number === document);
      const object = objects.find(
        ({ document: at, identity: { group, kind, name } }) =>
          last.documents[at]?.from === number &&
          group === identity.group &&
          kind === identity.kind &&
          name === identity.name,
      );
      const keys = keysOf(pointer);
      if (object === undefined || !isUnchanged(valueAt(object.value, keys), valueAt(value, keys))) return undefined;
      return last.place(object.document, object.pointer + pointer);
    },
  };
}

/** What is added to an object later, as common labels are, is in neither. */
function isUnchanged(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const isNested = (value: Json): boolean => typeof value === "object" && value !== null;
  return (isNested(one) && isNested(other)) || sameJson(one, other);
}

function objectsOf(documents: readonly FinishedDocument[]): readonly RenderedObject[] {
  const reading = readRendered(
    documents.map(({ text }) => text),
    { repeats: true },
  );
  return reading.kind === "objects" ? reading.objects : [];
}

function stageAfter(
  before: Stage,
  documents: readonly FinishedDocument[],
  postRenderer: PostRenderer,
  bytes: Uint8Array | undefined,
): Stage {
  const objects = objectsOf(documents);
  const texts = textsOf(before, postRenderer, bytes);
  const places = kustomizePlaces({
    root: "",
    files: new Map(before.documents.map((_, at) => [`${at}.yaml`, new Uint8Array()])).set(
      "kustomization.yaml",
      new Uint8Array(),
    ),
    texts,
    objects,
    origins: objects.map(({ document }) => ({ path: `${documents[document]?.input ?? -1}.yaml` })),
  });
  return {
    documents,
    place: (document, pointer) =>
      places.place(
        objects.findIndex((object) => object.document === document),
        pointer,
      ),
  };
}

/** What the post renderer reads: the documents before it, and a kustomization that is written in the release. */
function textsOf(
  before: Stage,
  { kustomization, spec, at }: PostRenderer,
  bytes: Uint8Array = new Uint8Array(),
): SourceTexts {
  const release = readFile(at.path, bytes);
  const resources = before.documents.map((_, number) => `${number}.yaml`);
  const written: TextDocument = {
    value: { ...kustomization, resources },
    place: () => undefined,
    cameFrom: (pointer) =>
      pointer.startsWith("/resources")
        ? undefined
        : { path: at.path, place: release.place(at, writtenIn(pointer, spec, {}, kustomization).pointer) },
  };
  const lines = new TextDecoder().decode(bytes).split("\n");
  const loaded = before.documents.map(({ text }, number) =>
    documentsOf(text).map(({ value }): TextDocument => ({
      value,
      place: () => undefined,
      cameFrom: (pointer) => before.place(number, pointer),
    })),
  );
  return {
    documents: (path) => (path === "kustomization.yaml" ? [written] : (loaded[Number.parseInt(path, 10)] ?? [])),
    lines: (path) => (path === "kustomization.yaml" ? lines : []),
  };
}
