import { isObject } from "../../manifest/identity.ts";
import type { Json } from "../../model/json.ts";
import type { FileReading } from "../files/read-file.ts";
import { below, keysOf, valueAt } from "../../manifest/pointer.ts";
import type { Place } from "../../model/manifest.ts";

/** One value of a kustomization; `name` if it is an object with one. */
export interface NamedEntry {
  readonly value: Json;
  readonly name?: string;
}

/** The line of the first value in a file's first document that `accepts` returns true for. */
export function lineOfEntry(
  reading: FileReading | undefined,
  accepts: (entry: NamedEntry) => boolean,
): number | undefined {
  return placeOfEntry(reading, accepts)?.line;
}

/** The place of the `version` of the first entry that `accepts` returns true for; of one without a version its own. */
export function placeOfVersion(
  reading: FileReading | undefined,
  accepts: (entry: NamedEntry) => boolean,
): Place | undefined {
  return placeOfEntry(reading, accepts, "version");
}

function placeOfEntry(
  reading: FileReading | undefined,
  accepts: (entry: NamedEntry) => boolean,
  key?: string,
): Place | undefined {
  const [manifest] = reading?.manifests ?? [];
  const [other] = reading?.notManifests ?? [];
  const value = manifest?.value ?? other?.value;
  if (reading === undefined || value === undefined) return undefined;
  const found = find(value, "", accepts);
  if (found === undefined) return undefined;
  const entry = valueAt(value, keysOf(found));
  const pointer = key !== undefined && isObject(entry) && entry[key] !== undefined ? below(found, key) : found;
  const { document, line } = manifest?.position ?? { document: other?.document ?? 0, line: other?.line ?? 1 };
  return reading.place({ path: "", document, line, pointer: "" }, pointer);
}

function find(value: Json, pointer: string, accepts: (entry: NamedEntry) => boolean): string | undefined {
  const name = isObject(value) ? value["name"] : undefined;
  if (pointer !== "" && accepts({ value, ...(typeof name === "string" ? { name } : {}) })) return pointer;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value) as [string, Json][]) {
    const found = find(item, below(pointer, key), accepts);
    if (found !== undefined) return found;
  }
  return undefined;
}
