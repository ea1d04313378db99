import type { Json } from "../model/json.ts";
import type { DataFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import { readJson } from "./value/json-text.ts";

/** The value of a data file, or the problem with it. */
export type DataReading =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "problem"; readonly problem: Problem };

/**
 * Reads a data file by its extension like the loader of OPA: `.json` as JSON, `.yaml` and `.yml` as Kubernetes reads
 * YAML.
 */
export function readData(file: DataFile): DataReading {
  if (file.path.endsWith(".json")) return readJsonData(file);
  if (/\.ya?ml$/.test(file.path)) return readYamlData(file);
  return problem(file, "not a data file; expected .json, .yaml or .yml");
}

function readJsonData(file: DataFile): DataReading {
  try {
    return { kind: "value", value: readJson(file.text) };
  } catch (error) {
    return problem(file, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** OPA silently ignores all documents but the first; here more than one is a problem. */
function readYamlData(file: DataFile): DataReading {
  let value: Json | undefined;
  for (const document of splitDocuments(file.text)) {
    if (document.kind === "separator") return problem(file, document.message, document.line);
    const reading = readDocument(file.path, document, DEFAULT_BUDGET);
    if (reading.kind === "problem") return { kind: "problem", problem: { ...reading.problem, stage: "config" } };
    if (reading.kind === "empty") continue;
    if (value !== undefined)
      return problem(file, "a second YAML document; expected exactly one in a data file", reading.line);
    value = reading.value;
  }
  return { kind: "value", value: value ?? null };
}

function problem(file: DataFile, message: string, line?: number): DataReading {
  const place = line === undefined ? {} : { line };
  return { kind: "problem", problem: { stage: "config", path: file.path, ...place, message } };
}
