import { readManifests } from "../../manifest/read-manifests.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import type { Finding } from "../../model/finding.ts";
import type { JsonObject, Pointer } from "../../model/json.ts";

/** An object as a file has it: in which document (0-based), and where in it. */
export interface WrittenObject {
  readonly document: number;
  readonly pointer: Pointer;
  readonly value: JsonObject;
}

/**
 * The object in a text that a finding is about, if the text at the line (1-based) is that of the object itself. Of a rendered
 * object only the kind must be the same: tools change names. Undefined for values of a chart, templates and the like.
 */
export function writtenObject(
  text: string,
  line: number,
  { manifest, source, sources }: Pick<Finding, "manifest" | "source" | "sources">,
): WrittenObject | undefined {
  const document = documentAt(text, line);
  const { manifests, problems } = readManifests("", new TextEncoder().encode(text));
  if (document === undefined || problems.length > 0) return undefined;
  const ofKind = manifests.filter(
    ({ position, identity, apiVersion }) =>
      position.document === document && identity.kind === manifest.kind && apiVersion === manifest.apiVersion,
  );
  const named = ofKind.filter(
    ({ identity }) =>
      identity.name === manifest.name &&
      (identity.namespace === undefined || identity.namespace === manifest.namespace),
  );
  const isRendered = source !== undefined || sources !== undefined;
  const [found, ...others] = named.length > 0 || !isRendered ? named : ofKind;
  if (found === undefined || others.length > 0) return undefined;
  return { document, pointer: found.position.pointer, value: found.value };
}

function documentAt(text: string, line: number): number | undefined {
  let found: number | undefined;
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator") return undefined;
    if (part.line > line) break;
    found = part.index;
  }
  return found;
}
