import { member } from "../../../manifest/member.ts";
import { type Path } from "../../../manifest/pointer.ts";
import { sameJson } from "../../../manifest/same-json.ts";
import type { Json, Pointer } from "../../../model/json.ts";
import type { Place } from "../../../model/manifest.ts";
import type { RenderedObject } from "../../rendered-objects.ts";
import type { SourcePlace } from "../../unit.ts";
import type { Layer } from "./layers.ts";
import { keyOf, type Step } from "./steps.ts";
import type { TextDocument } from "./texts.ts";

/** The value whose cause is looked for. */
export interface Subject {
  readonly object: Pick<RenderedObject, "identity" | "value">;
  readonly steps: readonly Step[];
  readonly keys: Path;
  /** As it came out in the end. */
  readonly value: Json;
  /** Names that the object has had, its own and with the prefixes and suffixes of layers. */
  readonly names: ReadonlySet<string>;
  /** The object's own text, where a file holds it. */
  readonly own?: Json;
}

/** Finds where a kustomization's transformer sets the value; undefined where it does not. */
export type FindCause = (layer: Layer, subject: Subject) => SourcePlace | undefined;

export function placeIn(layer: Layer, pointer: Pointer): SourcePlace | undefined {
  return placeOf(layer.path, layer.document, pointer);
}

export function placeOf(path: string, document: TextDocument, pointer: Pointer): SourcePlace | undefined {
  if (document.cameFrom !== undefined) return document.cameFrom(pointer);
  const place = document.place(pointer);
  return place === undefined ? undefined : { path, place };
}

export function lineIn(path: string, line: number): SourcePlace {
  const place: Place = { line, column: 1, endLine: line };
  return { path, place };
}

/**
 * Whether a written value may have become this one: they are equal, or it is a name that Kustomize added a prefix or suffix to,
 * or it has a variable that Flux replaces afterwards.
 */
export function fits(written: Json, { value, keys }: Subject): boolean {
  if (typeof value === "object" && value !== null) return typeof written === "object" && written !== null;
  if (sameJson(written, value)) return true;
  if (typeof written !== "string") return false;
  if (written.includes("${")) return true;
  return typeof value === "string" && written !== "" && /name$/i.test(String(keys.at(-1))) && value.includes(written);
}

/** The keys of steps as a path. */
export function keysTo(steps: readonly Step[]): Path {
  return steps.map(keyOf);
}

/** A text at a pointer into a kustomization. */
export function textAt(value: Json, ...path: Path): string | undefined {
  let at: Json | undefined = value;
  for (const key of path) at = member(at, key);
  return typeof at === "string" ? at : undefined;
}
