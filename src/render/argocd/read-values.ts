import { isObject } from "../../manifest/identity.ts";
import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { decodeText } from "../../manifest/decode-text.ts";
import { readDocument } from "../../manifest/read-document.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** The reading of YAML that must be one object. Lines are those of the text, from 1. */
export type ValuesReading =
  | { readonly kind: "object"; readonly value: JsonObject }
  | { readonly kind: "empty" }
  | { readonly kind: "unreadable"; readonly line: number; readonly message: string };

/** The reading of one YAML document of any type. Further documents are ignored, as sigs.k8s.io/yaml does. */
export type YamlReading =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "empty" }
  | { readonly kind: "unreadable"; readonly line: number; readonly message: string };

/** Reads a file or text that must be one object, such as Helm values. */
export function readValues(path: string, content: Uint8Array | string): ValuesReading {
  const reading = readYaml(path, content);
  if (reading.kind !== "value") return reading;
  if (reading.value === null) return { kind: "empty" };
  if (!isObject(reading.value)) return { kind: "unreadable", line: 1, message: "must be an object" };
  return { kind: "object", value: reading.value };
}

/** Reads the first YAML document of a file or text. */
export function readYaml(path: string, content: Uint8Array | string): YamlReading {
  const decoded =
    typeof content === "string" ? { kind: "text" as const, text: content } : decodeText(content, DEFAULT_BUDGET);
  if (decoded.kind === "git-crypt") return { kind: "unreadable", line: 1, message: "is encrypted by git-crypt" };
  if (decoded.kind === "unreadable") return { kind: "unreadable", line: decoded.line ?? 1, message: decoded.message };
  const [document] = splitDocuments(decoded.text);
  if (document === undefined) return { kind: "empty" };
  if (document.kind === "separator") return { kind: "unreadable", line: document.line, message: document.message };
  const reading = readDocument(path, document, DEFAULT_BUDGET);
  if (reading.kind !== "problem") return reading;
  return { kind: "unreadable", line: reading.problem.line ?? 1, message: reading.problem.message };
}
