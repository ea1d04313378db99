import type { Json } from "../model/json.ts";
import type { DataFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { readJson } from "./value/json-text.ts";

/** The value of a data file, or why it has none. */
export type DataReading =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Reads a data file by its extension as OPA's loader does: `.json` as JSON, `.yaml` and `.yml` as Kubernetes reads YAML. */
export function readData(file: DataFile): DataReading {
  if (file.path.endsWith(".json")) return readJsonData(file);
  return problem(file, "data files are .json, .yaml or .yml");
}

function readJsonData(file: DataFile): DataReading {
  try {
    return { kind: "value", value: readJson(file.text) };
  } catch (error) {
    return problem(file, `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function problem(file: DataFile, message: string): DataReading {
  return { kind: "problem", problem: { stage: "config", path: file.path, message } };
}
