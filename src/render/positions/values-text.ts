import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { decodeText } from "../../manifest/decode-text.ts";
import { isObject } from "../../manifest/identity.ts";
import { locateDeepest } from "../../manifest/locate.ts";
import { pointerOf, valueAt } from "../../manifest/pointer.ts";
import { splitDocuments, type DocumentText } from "../../manifest/split-documents.ts";
import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import type { Place } from "../../model/manifest.ts";
import { readFile } from "../files/read-file.ts";
import type { SourcePlace } from "../unit.ts";

/** One layer of values with the text that they are written in. */
export interface ValuesText {
  readonly value: JsonObject;
  /** Where they are in the merged values: a dependency's own are under its name. */
  readonly under: readonly string[];
  /** The place of a value of this layer. */
  place(keys: readonly string[]): SourcePlace;
}

/** A values file. */
export function valuesFile(path: string, bytes: Uint8Array, under: readonly string[] = []): ValuesText {
  const { manifests, notManifests } = readFile(path, bytes);
  const value = manifests[0]?.value ?? notManifests[0]?.value;
  const document = manifests[0]?.position.document ?? notManifests[0]?.document ?? 0;
  return { value: isObject(value) ? value : {}, under, place: placeFinder(path, bytes, { document, pointer: "" }) };
}

/** Values within an object of a file: `line` is any line of its document, `pointer` leads to them or to the text that holds them. */
export function valuesInObject(
  value: JsonObject,
  { path, line, pointer }: { readonly path: string; readonly line: number; readonly pointer: Pointer },
  bytes: Uint8Array,
): ValuesText {
  const document = documentsOf(bytes).findLast((one) => one.line <= line)?.index ?? 0;
  return { value, under: [], place: placeFinder(path, bytes, { document, pointer }) };
}

interface Within {
  readonly document: number;
  readonly pointer: Pointer;
}

function placeFinder(path: string, bytes: Uint8Array, { document, pointer }: Within): ValuesText["place"] {
  return (keys) => {
    const text = decoded(bytes);
    const wanted = pointer + pointerOf(keys);
    const found = locateDeepest(text, document, wanted);
    if (found === undefined) return { path, place: { line: 1, column: 1, endLine: 1 }, precision: "source" };
    if (found.pointer === wanted) return { path, place: found.place };
    const inner = found.pointer === pointer ? placeInBlock(text, found.place, keys) : undefined;
    return inner === undefined ? { path, place: found.place, precision: "parent" } : { path, place: inner };
  };
}

/** Values are often written as a text of YAML in a block (`values: |`): its lines are lines of the file. */
function placeInBlock(text: string, block: Place, keys: readonly string[]): Place | undefined {
  const lines = text.split("\n");
  const inside = lines.slice(block.line, block.endLine);
  const indent = Math.min(...inside.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)));
  const yaml = inside.map((line) => line.slice(indent)).join("\n");
  if (!/\|[-+0-9]*\s*(?:#.*)?$/.test(lines[block.line - 1] ?? "") || indent === Infinity) return undefined;
  const found = locateDeepest(yaml, 0, pointerOf(keys));
  if (found === undefined || found.pointer !== pointerOf(keys)) return undefined;
  const { line, column, endLine } = found.place;
  return { line: block.line + line, column: column + indent, endLine: block.line + endLine };
}

function decoded(bytes: Uint8Array): string {
  const text = decodeText(bytes, DEFAULT_BUDGET);
  return text.kind === "text" ? text.text : "";
}

function documentsOf(bytes: Uint8Array): readonly DocumentText[] {
  return [...splitDocuments(decoded(bytes))].filter((part) => part.kind === "document");
}

/** The value that a layer gives for keys of the merged values, with its keys in the layer. */
export function heldBy(
  layer: ValuesText,
  keys: readonly string[],
): { readonly keys: readonly string[]; readonly value: Json } | undefined {
  if (layer.under.some((key, at) => keys[at] !== key)) return undefined;
  const own = keys.slice(layer.under.length);
  const value = valueAt(layer.value, own);
  return value === undefined ? undefined : { keys: own, value };
}
