import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { locateDeepest } from "../../manifest/locate.ts";
import { keysOf, valueAt } from "../../manifest/pointer.ts";
import { readDocument } from "../../manifest/read-document.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import type { HelmAnswer, HelmDocument, HelmLine } from "../../model/renderer.ts";
import type { SourcePlace } from "../unit.ts";
import { flowingValue, partsOfText, type RenderedPlace } from "./flowing-value.ts";
import { printsAs } from "./prints-as.ts";
import { winnerOf, type Layers, type Winner } from "./winning-layer.ts";

/** A chart as it was rendered, with `lines`, and all that its values were made of. */
export interface HelmRendering extends Layers {
  readonly answer: HelmAnswer;
  /** The file of the tree behind a file of the chart; undefined where none is, as for one in an archive. */
  readonly treePath: (chartPath: string) => string | undefined;
}

/** Where values of rendered documents come from. */
export interface HelmPlaces {
  /**
   * The line that gave a value of a document (by its number in the answer), or the deepest value on the way to it: in
   * the values that it was taken from as it stands, else in the template. `value` is what stands at the pointer in the
   * end: undefined is answered where that is not what Helm rendered, and where the tree does not hold the place.
   */
  place(document: number, pointer: Pointer, value: Json | undefined): SourcePlace | undefined;
}

/** Parses documents as they are asked for. */
export function helmPlaces(rendering: HelmRendering): HelmPlaces {
  const documents = new Map<number, Json | undefined>();
  const parsed = (number: number, { yaml }: HelmDocument): Json | undefined => {
    if (!documents.has(number)) documents.set(number, valueOf(yaml));
    return documents.get(number);
  };
  return {
    place(number, pointer, value) {
      const document = rendering.answer.documents[number];
      if (document?.lines === undefined) return undefined;
      const rendered = renderedPlace(document.yaml, parsed(number, document), pointer, value);
      if (rendered === undefined) return undefined;
      const lines = document.lines.slice(rendered.first, rendered.last + 1);
      const found = placeInValues(rendering, lines, rendered);
      if (found.kind !== "none") return found.kind === "place" ? found.place : undefined;
      return placeInTemplate(rendering, lines);
    },
  };
}

function valueOf(text: string): Json | undefined {
  const document = { kind: "document", index: 0, text, offset: 0, line: 1 } as const;
  const reading = readDocument("", document, DEFAULT_BUDGET);
  return reading.kind === "value" ? reading.value : undefined;
}

interface PlaceInDocument extends RenderedPlace {
  /** 0-based lines of the document. */
  readonly first: number;
  readonly last: number;
}

function renderedPlace(
  yaml: string,
  document: Json | undefined,
  pointer: Pointer,
  value: Json | undefined,
): PlaceInDocument | undefined {
  const deepest = locateDeepest(yaml, 0, pointer);
  if (document === undefined || deepest === undefined) return undefined;
  const keys = keysOf(deepest.pointer);
  const found = valueAt(document, keys);
  // What was added after Helm has no place here.
  if (found === undefined || (deepest.pointer === pointer ? !unchanged(found, value) : value !== undefined)) {
    return undefined;
  }
  return { document, keys, value: found, first: deepest.place.line - 1, last: deepest.place.endLine - 1 };
}

// What a later step did within an object or a list does not move it.
function unchanged(rendered: Json, value: Json | undefined): boolean {
  if (value === undefined) return false;
  const nested = (one: Json): boolean => typeof one === "object" && one !== null;
  return (nested(rendered) && nested(value)) || sameJson(rendered, value);
}

type ValuesSearch =
  | { readonly kind: "place"; readonly place: SourcePlace }
  /** It came by an option that has no place in the tree. */
  | { readonly kind: "nowhere" }
  | { readonly kind: "none" };

function placeInValues(
  { answer: { values }, ...layers }: HelmRendering,
  lines: readonly (HelmLine | null)[],
  rendered: PlaceInDocument,
): ValuesSearch {
  // `kind` and `apiVersion` identify the object and have no value of their own in the chart's values.
  if (rendered.keys.length === 1 && (rendered.keys[0] === "kind" || rendered.keys[0] === "apiVersion")) {
    return { kind: "none" };
  }
  const flows = [...new Set(lines.flatMap((line) => line?.values ?? []))];
  const keys = flowingValue(values, flows, rendered) ?? namedGuard(values, lines[0]?.guards ?? [], rendered);
  const won = keys === undefined ? undefined : winnerOf(keys, valueAt(values, keys) ?? null, layers);
  if (won !== undefined) return placeOf(won);
  const parts = keys === undefined ? partsOfText(values, flows, rendered.value) : [];
  return placeOfParts(
    parts.flatMap((part) => winnerOf(part, valueAt(values, part) ?? null, layers) ?? []),
    parts.length,
  );
}

/** `{{ if .Values.hostNetwork }}hostNetwork: true`: the condition has the name and the value of what it lets be. */
function namedGuard(
  values: JsonObject,
  guards: readonly Pointer[],
  rendered: RenderedPlace,
): readonly string[] | undefined {
  return guards.map(keysOf).findLast((keys) => {
    const value = valueAt(values, keys);
    return value !== undefined && keys.at(-1) === rendered.keys.at(-1) && printsAs(value, rendered.value);
  });
}

function placeOf(won: Winner): ValuesSearch {
  switch (won.kind) {
    case "text":
      return { kind: "place", place: won.layer.place(won.keys) };
    case "parts":
      return { kind: "place", place: { ...won.layer.place(won.keys), precision: "parent" } };
    case "set":
      return won.place === undefined ? { kind: "nowhere" } : { kind: "place", place: won.place };
  }
}

/** The place of a text made of several values: that of the value set last, or of the object that holds several of them. */
function placeOfParts(winners: readonly Winner[], wanted: number): ValuesSearch {
  if (wanted === 0 || winners.length < wanted) return { kind: "none" };
  const rank = Math.max(...winners.map((won) => won.rank));
  const last = winners.filter((won) => won.rank === rank);
  const [one] = last;
  if (one === undefined) return { kind: "none" };
  if (one.kind === "set") return placeOf(one);
  const shared = last.reduce<readonly string[]>(
    (keys, won) => sharedStart(keys, won.kind === "set" ? [] : won.keys),
    one.keys,
  );
  return shared.length === 0
    ? { kind: "none" }
    : { kind: "place", place: { ...one.layer.place(shared), precision: "parent" } };
}

function sharedStart(one: readonly string[], other: readonly string[]): readonly string[] {
  const differs = one.findIndex((key, at) => other[at] !== key);
  return differs === -1 ? one : one.slice(0, differs);
}

function placeInTemplate({ treePath }: HelmRendering, lines: readonly (HelmLine | null)[]): SourcePlace | undefined {
  const [first] = lines;
  const path = first === null || first === undefined ? undefined : treePath(first.template);
  if (path === undefined || first === null || first === undefined) return undefined;
  const last = lines.at(-1);
  const ends = last?.template === first.template && last.line > first.line ? last.line : first.line;
  return { path, place: { line: first.line, column: 1, endLine: ends } };
}
