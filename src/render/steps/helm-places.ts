import { keysOf, valueAt } from "../../manifest/pointer.ts";
import type { Pointer } from "../../model/json.ts";
import type { HelmRequest } from "../../model/renderer.ts";
import { chartValues } from "../positions/chart-values.ts";
import { helmPlaces } from "../positions/helm.ts";
import type { PlacedSet } from "../positions/winning-layer.ts";
import { valuesFile, valuesInObject, type ValuesText } from "../positions/values-text.ts";
import type { HelmStep } from "../plan.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import { keptDocuments } from "./helm-output.ts";
import { postRenderedPlaces } from "./post-rendered-places.ts";
import type { RenderContext, Transient } from "./step.ts";

/** The output of rendering a chart, with its inputs. */
export interface HelmBuild {
  readonly step: HelmStep;
  readonly request: HelmRequest;
  /** Files of the chart by path within it: the file of the tree. */
  readonly files: ReadonlyMap<string, string>;
  /** Files that stand in for the chart's values.yaml. */
  readonly ownValues: readonly string[];
}

/** The places of values of documents, by the number of the document. */
export interface DocumentPlaces extends Transient {
  place(object: RenderedObject, document: number, pointer: Pointer): SourcePlace | undefined;
}

/** Finds where values of a chart's manifests come from, by rendering it once more with line tracking. */
export async function helmPlacesOf(
  { step, request, files: chart, ownValues }: HelmBuild,
  { files, renderer }: RenderContext,
): Promise<DocumentPlaces> {
  const outcome = await renderer.helm({ ...request, lines: true });
  if (outcome.kind === "failed") return { place: () => undefined };
  if (outcome.kind !== "rendered") return noPlacesYet;
  const bytes = await files.read([...chart.values(), ...ownValues, ...step.values.map(({ path }) => path)]);
  const held = (path: string): Uint8Array => bytes.get(path) ?? new Uint8Array();
  const own = new Map(
    [...chart]
      .filter(([inner]) => ownValues.length === 0 || inner !== "values.yaml")
      .map(([inner, path]) => [inner, { path: files.fileAt(path)?.path ?? path, bytes: held(path) }]),
  );
  const texts: readonly ValuesText[] = [
    ...chartValues(own),
    ...ownValues.map((path) => valuesFile(path, held(path))),
    ...step.values.map((layer) =>
      layer.kind === "file"
        ? valuesFile(layer.path, held(layer.path))
        : valuesInObject(layer.value, layer, held(layer.path)),
    ),
  ];
  const set = (step.set ?? []).map(({ at, ...one }): PlacedSet =>
    at === undefined
      ? one
      : { ...one, place: { path: at.path, place: { line: at.line, column: 1, endLine: at.line } } },
  );
  const places = helmPlaces({ answer: outcome.answer, texts, set, treePath: (inner) => chart.get(inner) });
  const postRenderers = step.finish?.kustomizations ?? [];
  if (postRenderers.length === 0)
    return {
      place: ({ value, pointer: object }, number, pointer) =>
        places.place(number, object + pointer, valueAt(value, keysOf(pointer))),
    };
  const kept = keptDocuments(outcome.answer.documents, step);
  const made = await postRenderedPlaces(
    kept,
    postRenderers,
    (document, pointer, value) => places.place(document, pointer, value),
    { files, renderer },
  );
  // They succeeded when the chart was rendered.
  return made ?? noPlacesYet;
}

const noPlacesYet: DocumentPlaces = { place: () => undefined, transient: true };
