import { sameJson } from "../../manifest/same-json.ts";
import type { Pointer } from "../../model/json.ts";
import type { OwnTexts } from "../own-text.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import type { SourcePlace } from "../unit.ts";
import { keysOf, valueAt } from "../../manifest/pointer.ts";

/** The place of a value in the object's own text if the text has the same value; else the object's place with a lower precision. */
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
  const [written, rendered] = [valueAt(text.value, keysOf(pointer)), valueAt(value, keysOf(pointer))];
  const same = written === undefined || rendered === undefined ? written === rendered : sameJson(written, rendered);
  const place = reading.place(position, same ? pointer : "");
  return { path: position.path, place, ...(same ? {} : { precision: "source" as const }) };
}
