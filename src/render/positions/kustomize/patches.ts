import { isObject } from "../../../manifest/identity.ts";
import { isList, member } from "../../../manifest/member.ts";
import { keysOf, pointerOf, valueAt } from "../../../manifest/pointer.ts";
import type { Json, Pointer } from "../../../model/json.ts";
import type { SourcePlace } from "../../unit.ts";
import { itemsOf, pathFrom, type Layer } from "./layers.ts";
import { selects } from "./selects.ts";
import { follow, itemIn } from "./steps.ts";
import { fits, lineIn, placeIn, textAt, type FindCause, type Subject } from "./subject.ts";
import { documentsOf, type SourceTexts, type TextDocument } from "./texts.ts";

/** The transformers that apply patches, by the field that names them. */
export function patchCauses(texts: SourceTexts): { readonly [field in "patches" | "json6902" | "merge"]: FindCause } {
  return {
    patches: (layer, subject) =>
      lastOf(layer, "patches", (at, entry) => fromEntry(texts, { layer, at, entry }, subject)),
    json6902: (layer, subject) =>
      lastOf(layer, "patchesJson6902", (at, entry) => fromEntry(texts, { layer, at, entry }, subject)),
    merge: (layer, subject) =>
      lastOf(layer, "patchesStrategicMerge", (at, entry) => {
        const written = typeof entry === "string" ? entry : "";
        const target = pathFrom(layer.directory, written);
        const documents = target === undefined || written.includes("\n") ? [] : texts.documents(target);
        return documents.length > 0
          ? fromDocuments(documents, undefined, subject, (place) => ({ path: target ?? "", place }))
          : fromDocuments(documentsOf(written), undefined, subject, inline(texts, layer, at, written));
      }),
  };
}

type ToPlace = (place: SourcePlace["place"]) => SourcePlace | undefined;

function lastOf(
  layer: Layer,
  field: string,
  find: (pointer: Pointer, entry: Json) => SourcePlace | undefined,
): SourcePlace | undefined {
  const entries = itemsOf(layer.value[field]);
  for (let at = entries.length - 1; at >= 0; at--) {
    const found = find(`/${field}/${at}`, entries[at] ?? null);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fromEntry(
  texts: SourceTexts,
  { layer, at, entry }: { readonly layer: Layer; readonly at: Pointer; readonly entry: Json },
  subject: Subject,
): SourcePlace | undefined {
  const target = member(entry, "target");
  if (target !== undefined && target !== null && !selects(target, subject)) return undefined;
  const [path, patch] = [member(entry, "path"), member(entry, "patch")];
  if (typeof patch === "string" && patch !== "") {
    return fromDocuments(documentsOf(patch), target, subject, inline(texts, layer, `${at}/patch`, patch));
  }
  const file = typeof path === "string" ? pathFrom(layer.directory, path) : undefined;
  if (file === undefined) return undefined;
  return fromDocuments(texts.documents(file), target, subject, (place) => ({ path: file, place }));
}

function fromDocuments(
  documents: readonly TextDocument[],
  target: Json | undefined,
  subject: Subject,
  toPlace: ToPlace,
): SourcePlace | undefined {
  for (const document of documents.toReversed()) {
    const pointer = isList(document.value)
      ? operationIn(document.value, subject)
      : mergedIn(document.value, target, subject);
    const place = pointer === undefined ? undefined : document.place(pointer);
    if (place !== undefined) return toPlace(place);
  }
  return undefined;
}

function mergedIn(patch: Json, target: Json | undefined, subject: Subject): Pointer | undefined {
  if (!isObject(patch)) return undefined;
  const { identity } = subject.object;
  const aimed =
    isObject(target) || (patch["kind"] === identity.kind && subject.names.has(textAt(patch, "metadata", "name") ?? ""));
  // What names the object in a patch does not set it.
  if (!aimed || isNaming(subject)) return undefined;
  const found = follow(patch, subject.steps);
  return found !== undefined && fits(found.value, subject) ? pointerOf(found.path) : undefined;
}

function isNaming({ keys }: Subject): boolean {
  return keys.length <= 1 ? keys[0] === "kind" || keys[0] === "apiVersion" || keys[0] === "metadata" : isName(keys);
}

function isName(keys: Subject["keys"]): boolean {
  return keys.length === 2 && keys[0] === "metadata" && (keys[1] === "name" || keys[1] === "namespace");
}

function operationIn(operations: readonly Json[], subject: Subject): Pointer | undefined {
  for (let at = operations.length - 1; at >= 0; at--) {
    const operation = operations[at] ?? null;
    const path = member(operation, "path");
    const value = member(operation, "value");
    if (typeof path !== "string" || value === undefined) continue;
    const taken = stepsTaken(path, subject);
    if (taken === undefined) continue;
    const found = follow(value, subject.steps.slice(taken));
    if (found !== undefined && fits(found.value, subject)) return `/${at}/value${pointerOf(found.path)}`;
  }
  return undefined;
}

/** How many of the subject's steps an operation's path takes; undefined where it leads elsewhere. */
function stepsTaken(path: string, { steps, own }: Subject): number | undefined {
  const keys = keysOf(path);
  if (keys.length > steps.length) return undefined;
  for (const [at, key] of keys.entries()) {
    const step = steps[at];
    if (step === undefined) return undefined;
    if (typeof step === "string") {
      if (step !== key) return undefined;
      continue;
    }
    if (key === "-") {
      if (step.index !== step.list.length - 1) return undefined;
      continue;
    }
    // Items may have moved since; the object's own text tells which one was meant.
    const list = valueAt(own, keys.slice(0, at));
    const meant = list === undefined ? undefined : itemIn(list, step);
    if (Number(key) !== (meant ?? step.index)) return undefined;
  }
  return keys.length;
}

/** The lines of a patch that is a block of a kustomization; of one written otherwise, its entry. */
function inline(texts: SourceTexts, layer: Layer, pointer: Pointer, text: string): ToPlace {
  return (place) => {
    const entry = placeIn(layer, pointer);
    if (entry === undefined) return undefined;
    const lines = texts.lines(layer.path);
    const isBlock = /[|][-+\d]*\s*(?:#.*)?\r?$/.test(lines[entry.place.line - 1] ?? "");
    const line = entry.place.line + place.line;
    const same = lines[line - 1]?.trim() === text.split("\n")[place.line - 1]?.trim();
    return isBlock && same ? lineIn(entry.path, line) : entry;
  };
}
