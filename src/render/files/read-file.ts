import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { decodeText } from "../../manifest/decode-text.ts";
import { locatorOf, type Locator } from "../../manifest/locate.ts";
import { readManifests, type FileReading as ManifestReading } from "../../manifest/read-manifests.ts";
import { splitDocuments, type DocumentText } from "../../manifest/split-documents.ts";
import type { Pointer } from "../../model/json.ts";
import type { Place, SourcePosition } from "../../model/manifest.ts";

/** The manifests of one file, and the places of their values. */
export interface FileReading extends ManifestReading {
  /** The place of a value of one of the file's manifests, or of the deepest value on the way to it. */
  place(position: SourcePosition, pointer: Pointer): Place;
}

/** Reads a YAML or JSON file as Kubernetes does. Never throws, whatever the bytes are. */
export function readFile(path: string, bytes: Uint8Array): FileReading {
  return { ...readManifests(path, bytes), place: placeFinder(bytes) };
}

/** The message for a file that is too large to load, the same as for bytes in memory; undefined for a size within the budget. */
export function tooLarge(size: number | undefined): string | undefined {
  if (size === undefined || size <= DEFAULT_BUDGET.fileBytes) return undefined;
  return `The file has ${size} bytes; at most ${DEFAULT_BUDGET.fileBytes} are read.`;
}

/** Parses a document for places on the first request only: most files never need it. */
function placeFinder(bytes: Uint8Array): FileReading["place"] {
  let documents: ReadonlyMap<number, DocumentText> | undefined;
  let last: { readonly document: number; readonly locator: Locator | undefined } | undefined;
  return ({ document, line, pointer: base }, pointer) => {
    documents ??= documentsOf(bytes);
    if (last?.document !== document) {
      const text = documents.get(document);
      last = { document, locator: text === undefined ? undefined : locatorOf(text) };
    }
    return last.locator?.locateDeepest(base + pointer).place ?? { line, column: 1, endLine: line };
  };
}

function documentsOf(bytes: Uint8Array): ReadonlyMap<number, DocumentText> {
  const documents = new Map<number, DocumentText>();
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  if (decoded.kind !== "text") return documents;
  for (const part of splitDocuments(decoded.text)) if (part.kind === "document") documents.set(part.index, part);
  return documents;
}
