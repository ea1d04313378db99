import { member } from "../../../manifest/member.ts";
import { pointerOf } from "../../../manifest/pointer.ts";
import type { Json } from "../../../model/json.ts";
import type { SourcePlace } from "../../unit.ts";
import { itemsOf, pathFrom, type Layer } from "./layers.ts";
import { lineIn, placeIn, textAt, type FindCause, type Subject } from "./subject.ts";
import type { SourceTexts } from "./texts.ts";

const fieldOf: { readonly [kind: string]: string } = { ConfigMap: "configMapGenerator", Secret: "secretGenerator" };

/** The index of the generator that makes the object, or adds to it; the longest name that fits. */
export function generatorOf(layer: Layer, { object, names }: Pick<Subject, "object" | "names">): number | undefined {
  const { kind, name } = object.identity;
  const entries = itemsOf(layer.value[fieldOf[kind] ?? ""]).map((entry) => textAt(entry, "name") ?? "");
  const fitting = entries.filter((entry) => entry !== "" && (names.has(entry) || name.includes(entry)));
  const longest = fitting.toSorted((one, other) => other.length - one.length)[0];
  return longest === undefined ? undefined : entries.lastIndexOf(longest);
}

/** The literal, file or line of an env file that a value of a generated ConfigMap or Secret comes from. */
export function generatorCause(texts: SourceTexts): FindCause {
  return (layer, subject) => {
    const at = generatorOf(layer, subject);
    const field = fieldOf[subject.object.identity.kind];
    if (at === undefined || field === undefined) return undefined;
    const entry = itemsOf(layer.value[field])[at] ?? null;
    const found = inEntry(texts, { layer, entry, at: [field, at] }, subject);
    return typeof found === "string" ? placeIn(layer, found) : found;
  };
}

interface Generator {
  readonly layer: Layer;
  readonly entry: Json;
  readonly at: readonly (string | number)[];
}

function inEntry(texts: SourceTexts, generator: Generator, { keys }: Subject): SourcePlace | string | undefined {
  const { layer, entry, at } = generator;
  const [first, second, third] = keys;
  if (keys.length === 2 && typeof second === "string" && ["data", "binaryData", "stringData"].includes(String(first))) {
    return ofKey(texts, generator, second);
  }
  if (first === "metadata" && second === "name" && keys.length === 2) return pointerOf([...at, "name"]);
  if (first === "metadata" && second === "namespace" && member(entry, "namespace") !== undefined) {
    return pointerOf([...at, "namespace"]);
  }
  if (first === "metadata" && (second === "labels" || second === "annotations") && third !== undefined) {
    if (member(member(member(entry, "options"), second), third) !== undefined) {
      return pointerOf([...at, "options", second, third]);
    }
    if (member(member(layer.value["generatorOptions"], second), third) !== undefined) {
      return pointerOf(["generatorOptions", second, third]);
    }
    return undefined;
  }
  if (first === "type" && member(entry, "type") !== undefined) return pointerOf([...at, "type"]);
  return undefined;
}

function ofKey(texts: SourceTexts, { layer, entry, at }: Generator, key: string): SourcePlace | string | undefined {
  const literals = textsIn(member(entry, "literals"));
  const literal = literals.findIndex((one) => one.slice(0, one.indexOf("=")).trim() === key);
  if (literal >= 0) return pointerOf([...at, "literals", literal]);
  const file = textsIn(member(entry, "files")).findIndex((one) => {
    const [name = "", path] = one.split("=");
    return (path === undefined ? name.slice(name.lastIndexOf("/") + 1) : name) === key;
  });
  if (file >= 0) return pointerOf([...at, "files", file]);
  const env = member(entry, "env");
  for (const written of [...itemsOf(member(entry, "envs")), ...(env === undefined ? [] : [env])].toReversed()) {
    const path = typeof written === "string" ? pathFrom(layer.directory, written) : undefined;
    if (path === undefined) continue;
    const line = texts.lines(path).findIndex((one) => one.split("=")[0]?.trim() === key);
    if (line >= 0) return lineIn(path, line + 1);
  }
  return undefined;
}

/** The texts of a list, with something empty in the place of all else. */
function textsIn(list: Json | undefined): readonly string[] {
  return itemsOf(list).map((one) => (typeof one === "string" ? one : ""));
}
