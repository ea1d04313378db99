import type { Json, JsonObject } from "../../model/json.ts";
import type { Role } from "./role.ts";
import { readFile, type FileReading } from "./read-file.ts";
import { appliesAlone } from "./applies-alone.ts";

/** The reading of a file in scope: skipped as a whole, or read. */
export type ScopedReading =
  | {
      readonly kind: "skipped";
      readonly reason: string;
      /** Manifests come of it that are not judged. */ readonly unrendered?: true;
    }
  | { readonly kind: "read"; readonly reading: FileReading };

/** Reads a file according to its role: plain, part of a chart, or used by a kustomization. */
export function readScoped(
  path: string,
  role: Role & { kind: "plain" | "chart" | "used" },
  bytes: Uint8Array,
): ScopedReading {
  const reading = readFile(path, bytes);
  switch (role.kind) {
    case "plain":
      return readPlain(reading, bytes);
    case "chart":
      return readOfChart(role, reading, bytes);
    case "used": {
      const reason = `${role.as}, which was not rendered`;
      return readPart(reading, appliesAlone, { reason, part: `part of an object, ${reason}` });
    }
    default:
      return role satisfies never;
  }
}

function readPlain(reading: FileReading, bytes: Uint8Array): ScopedReading {
  if (reading.problems.length > 0 || reading.manifests.length > 0) return { kind: "read", reading };
  const reason =
    reading.encrypted?.reason ??
    reading.notManifests[0]?.reason ??
    (bytes.length === 0 ? "the file is empty" : "nothing but comments");
  return { kind: "skipped", reason: `not a Kubernetes object: ${reason}` };
}

/** Reads a file of a chart. A manifest without template actions reaches the cluster unchanged, whatever applies the directory, so it is judged. */
function readOfChart(
  { chart, template, because }: Role & { kind: "chart" },
  reading: FileReading,
  bytes: Uint8Array,
): ScopedReading {
  const templated = contains(bytes, "{{");
  if (template && templated) {
    const reason = `template of a Helm chart that was not rendered: ${chart}`;
    return readPart({ ...reading, problems: [] }, (value) => !holdsAction(value), { reason, part: reason });
  }
  if (reading.manifests.length > 0 || (reading.problems.length > 0 && !templated)) return { kind: "read", reading };
  if (because === "library")
    return { kind: "skipped", reason: `part of the library chart ${chart}, which yields nothing by itself` };
  if (because === "unread")
    return { kind: "skipped", reason: `is in chart ${chart}'s directory, but the chart does not use it` };
  return { kind: "skipped", reason: `part of a Helm chart that was not rendered: ${chart}`, unrendered: true };
}

/** Reads a file of which only some manifests are judged; `part` gives the reason for skipping the others. */
function readPart(
  reading: FileReading,
  isJudged: (value: JsonObject) => boolean,
  { reason, part }: { readonly reason: string; readonly part: string },
): ScopedReading {
  const manifests = reading.manifests.filter(({ value }) => isJudged(value));
  if (manifests.length === 0) return { kind: "skipped", reason, unrendered: true };
  const others = reading.manifests
    .filter(({ value }) => !isJudged(value))
    .map(({ value, position: { document, line } }) => ({ document, line, reason: part, value }));
  return { kind: "read", reading: { ...reading, manifests, notManifests: [...reading.notManifests, ...others] } };
}

/** Whether a value holds a template action, so that rendering changes it. */
export function holdsAction(value: Json): boolean {
  if (typeof value === "string") return value.includes("{{");
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]: readonly [string, Json]) => key.includes("{{") || holdsAction(item));
}

/** Whether bytes contain an ASCII text. */
function contains(bytes: Uint8Array, text: string): boolean {
  const first = text.charCodeAt(0);
  for (let at = bytes.indexOf(first); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let length = 1;
    while (length < text.length && bytes[at + length] === text.charCodeAt(length)) length += 1;
    if (length === text.length) return true;
  }
  return false;
}
