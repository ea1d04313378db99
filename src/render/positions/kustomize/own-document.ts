import { identityOf } from "../../../manifest/identity.ts";

import { recognise } from "../../../manifest/recognise.ts";
import type { JsonObject, Pointer } from "../../../model/json.ts";
import type { Identity } from "../../../model/manifest.ts";
import type { TextDocument } from "./texts.ts";

/** The text that an object was loaded from. */
export interface OwnDocument {
  readonly document: TextDocument;
  /** Of the object in the document: it may be an item of a List. */
  readonly pointer: Pointer;
  readonly value: JsonObject;
}

/** The object of a file that became one of this identity: of its kind and name, else the longest name within its own. */
export function ownDocument(documents: readonly TextDocument[], identity: Identity): OwnDocument | undefined {
  const candidates = documents.flatMap((document) =>
    recognise(document.value).flatMap((found) =>
      found.kind === "other"
        ? []
        : [{ document, pointer: found.pointer, value: found.value, is: identityOf(found.value) }],
    ),
  );
  const ofKind = candidates.filter(({ is }) => is.kind === identity.kind && is.group === identity.group);
  const named = ofKind.filter(({ is }) => is.name === identity.name);
  const inNamespace = named.filter(({ is }) => is.namespace === identity.namespace);
  if (inNamespace.length === 1) return inNamespace[0];
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const within = ofKind.filter(({ is }) => is.name !== "" && identity.name.includes(is.name));
  const longest = Math.max(0, ...within.map(({ is }) => is.name.length));
  const [found, ...more] = within.filter(({ is }) => is.name.length === longest);
  return found !== undefined && more.length === 0 ? found : ofKind.length === 1 ? ofKind[0] : undefined;
}
