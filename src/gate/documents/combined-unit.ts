import { keysOf, pointerOf } from "../../manifest/pointer.ts";
import type { JsonObject, Pointer } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Unit, UnitReading } from "../../render/unit.ts";

const combined = "Combined";

/** One document of all documents, as conftest makes it with `--combine`: the list of `{path, contents}`, ordered by path. */
export function combinedUnit(parts: readonly Unit[]): Unit {
  const inputs = JSON.stringify([combined, parts.map((part) => part.inputs)]);
  return {
    source: { id: `document ${combined}`, kind: "document", path: combined, line: 1, environments: [] },
    key: inputs,
    inputs,
    covers: parts.map(({ source }) => source.path),
    render: async () => {
      const readings: UnitReading[] = [];
      for (const part of parts) readings.push(await part.render());
      return combinedReading(readings);
    },
  };
}

/** An element of the list: a document of a file. */
interface Element {
  readonly manifest: Manifest;
  readonly reading: UnitReading;
}

function combinedReading(readings: readonly UnitReading[]): UnitReading {
  const problems = readings.flatMap((reading) => reading.problems);
  const elements = readings
    .flatMap((reading) => reading.manifests.map((manifest): Element => ({ manifest, reading })))
    .toSorted((a, b) => compareTexts(a.manifest.position.path, b.manifest.position.path));
  const value = elements.map(({ manifest }) => ({ path: manifest.position.path, contents: manifest.value }));
  const manifest: Manifest = {
    identity: { group: "", kind: "Document", name: combined },
    apiVersion: "combined",
    // Nothing asks a document for members before it knows that it is a mapping.
    value: value as unknown as JsonObject,
    position: { path: combined, document: 0, line: 1, pointer: "" },
    document: 0,
  };
  return {
    state: problems.length > 0 ? "failed" : "rendered",
    manifests: problems.length > 0 ? [] : [manifest],
    problems,
    gaps: [],
    yaml: "",
    prepare: async () => ({}),
    place: (_, pointer) => placeIn(elements, pointer),
  };
}

/** A value that is in no element belongs to the first file. */
function placeIn(elements: readonly Element[], pointer: Pointer): ReturnType<UnitReading["place"]> {
  const [index = "0", ...keys] = keysOf(pointer);
  const element = elements[Number(index)] ?? elements[0];
  if (element === undefined) return { path: combined, place: { line: 1, column: 1, endLine: 1 } };
  return element.reading.place(element.manifest, keys[0] === "contents" ? pointerOf(keys.slice(1)) : "");
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
