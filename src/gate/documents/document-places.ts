import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { decodeText } from "../../manifest/decode-text.ts";
import { locatorOf } from "../../manifest/locate.ts";
import { splitDocuments, type DocumentText } from "../../manifest/split-documents.ts";
import type { ParserName } from "../../model/document-parser.ts";
import type { Json, Pointer } from "../../model/json.ts";
import type { Place } from "../../model/manifest.ts";
import type { Precision } from "../../model/violation.ts";

/** Where a value is; `precision` where it is less than what is known of the pointer. */
export interface DocumentPlace {
  readonly place: Place;
  readonly precision?: Precision;
}

/** Finds a value of a file by the document that it is in and its pointer there, or the deepest value on the way to it. */
export type FindDocumentPlace = (document: number, pointer: Pointer) => DocumentPlace;

/** Formats whose text the reader of manifests can find values in. */
const likeManifests: ReadonlySet<ParserName> = new Set<ParserName>(["json", "yaml", "cyclonedx"]);

/** Makes the finder for a file. Where its format tells no places, all is on line 1. */
export function documentPlaces(
  parser: ParserName,
  bytes: Uint8Array,
  value: Json,
  places: ReadonlyMap<Pointer, Place>,
): FindDocumentPlace {
  const isList = Array.isArray(value);
  if (likeManifests.has(parser)) return inText(bytes, isList ? value.length : undefined);
  return (document, pointer) => deepest(places, isList ? `/${document}${pointer}` : pointer);
}

const nowhere: DocumentPlace = { place: { line: 1, column: 1, endLine: 1 }, precision: "source" };

function deepest(places: ReadonlyMap<Pointer, Place>, pointer: Pointer): DocumentPlace {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf("/"))) {
    const place = places.get(at);
    if (place !== undefined) return { place };
    if (at === "") break;
  }
  return places.size === 0 ? nowhere : { place: nowhere.place };
}

/** `length`: how many documents the file is; absent: it is one. A single text may hold a list, each item of which is a document. */
function inText(bytes: Uint8Array, length: number | undefined): FindDocumentPlace {
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  const texts = decoded.kind === "text" ? documentTexts(decoded.text) : [];
  const [only] = texts;
  const isOwnText = length === texts.length && texts.length > 1;
  return (document, pointer) => {
    const text = isOwnText ? texts[document] : texts.length === 1 ? only : undefined;
    const at = length === undefined || isOwnText ? pointer : `/${document}${pointer}`;
    const place = text === undefined ? undefined : locatorOf(text)?.locateDeepest(at).place;
    return place === undefined ? nowhere : { place };
  };
}

function documentTexts(text: string): readonly DocumentText[] {
  const found: DocumentText[] = [];
  for (const part of splitDocuments(text)) if (part.kind === "document") found.push(part);
  return found;
}
