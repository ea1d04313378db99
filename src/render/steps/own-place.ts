import { sameJson } from "../../manifest/same-json.ts";
import type { Json, Pointer } from "../../model/json.ts";
import type { OwnTexts } from "../own-text.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";

/** The place of a value in the object's own text where the text says the same; else of the object, saying so. */
export function placeInOwnText(
  { position, value }: RenderedObject,
  pointer: Pointer,
  own: OwnTexts,
  path: string,
): SourcePlace | undefined {
  const reading = own.reading(path);
  if (reading === undefined || position === undefined) return undefined;
  const text = reading.manifests.find(
    (manifest) => manifest.position.document === position.document && manifest.position.pointer === position.pointer,
  );
  if (text === undefined)
    return {
      path: position.path,
      place: { line: position.line, column: 1, endLine: position.line },
      precision: "source",
    };
  const [said, rendered] = [valueAt(text.value, pointer), valueAt(value, pointer)];
  const same = said === undefined || rendered === undefined ? said === rendered : sameJson(said, rendered);
  const place = reading.place(position, same ? pointer : "");
  return { path: position.path, place, ...(same ? {} : { precision: "source" as const }) };
}

function valueAt(value: Json, pointer: Pointer): Json | undefined {
  let at: Json | undefined = value;
  for (const token of pointer.split("/").slice(1)) {
    if (typeof at !== "object" || at === null) return undefined;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    at = Object.hasOwn(at, key) ? (at as { readonly [key: string]: Json })[key] : undefined;
  }
  return at;
}
