import type { Budget } from "../manifest/budget.ts";
import { identityOf } from "../manifest/identity.ts";
import { readDocument } from "../manifest/read-document.ts";
import { recognise } from "../manifest/recognise.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { JsonObject, Pointer } from "../model/json.ts";
import type { Identity, SourcePosition } from "../model/manifest.ts";

/** One object that a tool printed, without its source. Plain data, since it is cached. */
export interface RenderedObject {
  readonly identity: Identity;
  readonly apiVersion: string;
  readonly value: JsonObject;
  /** The object's own text in a file of the tree; absent where none is known. */
  readonly position?: SourcePosition;
  /** Where its own text is, if that was fetched; `position` is then the line that refers to it. */
  readonly fetched?: { readonly directory: string; readonly path: string; readonly line: number };
  /** Which of the step's documents it is in, and where in it. */
  readonly document: number;
  readonly pointer: Pointer;
  /** See `Manifest.when`. */
  readonly when?: string;
  /** Keys that are printed twice in one mapping. */
  readonly repeatedKeys?: readonly string[];
}

/** Rendered output may be larger than written files: a controller with its CRDs has megabytes. */
const budget: Budget = {
  fileBytes: 256 * 1024 * 1024,
  documentLength: 16 * 1024 * 1024,
  documents: 1_000_000,
  depth: 200,
  expansion: 16 * 1024 * 1024,
};

/** Splits a YAML stream that a tool printed into its documents. */
export function documentsIn(stream: string): readonly string[] {
  const texts: string[] = [];
  for (const part of splitDocuments(stream)) if (part.kind === "document") texts.push(part.text);
  return texts;
}

/**
 * Reads printed documents as Kubernetes does; `message` names the document that cannot be read and why. `repeats`: keys may
 * appear twice.
 */
export function readRendered(
  texts: readonly string[],
  { repeats = false }: { readonly repeats?: boolean } = {},
):
  | { readonly kind: "objects"; readonly objects: readonly RenderedObject[] }
  | { readonly kind: "unreadable"; readonly document: number; readonly message: string } {
  const objects: RenderedObject[] = [];
  for (const [document, text] of texts.entries()) {
    const repeated: string[] = [];
    const part = { kind: "document", index: document, text, offset: 0, line: 1 } as const;
    const reading = readDocument("", part, budget, repeats ? (key) => repeated.push(key) : undefined);
    switch (reading.kind) {
      case "empty":
        break;
      case "problem":
        return {
          kind: "unreadable",
          document,
          message: `document ${document + 1}, line ${reading.problem.line ?? 1}: ${reading.problem.message}`,
        };
      case "value":
        for (const found of recognise(reading.value)) {
          if (found.kind === "other") continue;
          objects.push({
            identity: identityOf(found.value),
            apiVersion: found.value.apiVersion,
            value: found.value,
            document,
            pointer: found.pointer,
            ...(repeated.length === 0 ? {} : { repeatedKeys: [...new Set(repeated)] }),
          });
        }
        break;
    }
  }
  return { kind: "objects", objects };
}
