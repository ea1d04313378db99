import { DEFAULT_BUDGET } from "../../../manifest/budget.ts";
import { decodeText } from "../../../manifest/decode-text.ts";
import { locatorOf } from "../../../manifest/locate.ts";
import { readDocument } from "../../../manifest/read-document.ts";
import { splitDocuments } from "../../../manifest/split-documents.ts";
import type { Json, Pointer } from "../../../model/json.ts";
import type { Place } from "../../../model/manifest.ts";
import type { SourcePlace } from "../../unit.ts";

/** One document of a text, with the places of its values in that text. */
export interface TextDocument {
  readonly value: Json;
  place(pointer: Pointer): Place | undefined;
  /** Of a document that no file holds: the place in the tree that a value of it comes from. */
  readonly cameFrom?: (pointer: Pointer) => SourcePlace | undefined;
}

/** Files as text; each is read once. */
export interface SourceTexts {
  /** Documents that can be read. */
  documents(path: string): readonly TextDocument[];
  lines(path: string): readonly string[];
}

export function sourceTexts(files: ReadonlyMap<string, Uint8Array>): SourceTexts {
  const texts = new Map<string, string>();
  const documents = new Map<string, readonly TextDocument[]>();
  const text = (path: string): string => {
    const known = texts.get(path);
    if (known !== undefined) return known;
    const decoded = decodeText(files.get(path) ?? new Uint8Array(), DEFAULT_BUDGET);
    const read = decoded.kind === "text" ? decoded.text : "";
    texts.set(path, read);
    return read;
  };
  return {
    lines: (path) => text(path).split("\n"),
    documents: (path) => {
      const found = documents.get(path) ?? documentsOf(text(path));
      documents.set(path, found);
      return found;
    },
  };
}

/** The documents of a text that can be read, such as a patch that stands inside a kustomization. */
export function documentsOf(text: string): readonly TextDocument[] {
  const found: TextDocument[] = [];
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator") break;
    const reading = readDocument("", part, DEFAULT_BUDGET);
    if (reading.kind !== "value") continue;
    let locator: ReturnType<typeof locatorOf>;
    found.push({ value: reading.value, place: (pointer) => (locator ??= locatorOf(part))?.locate(pointer) });
  }
  return found;
}
