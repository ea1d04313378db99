import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { isObject } from "../manifest/identity.ts";
import { toJsonText } from "../manifest/json-text.ts";
import { locate } from "../manifest/locate.ts";
import { readDocument } from "../manifest/read-document.ts";
import { sameJson } from "../manifest/same-json.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { below } from "../manifest/pointer.ts";

/** One line of a file of the tree. */
interface Line {
  readonly path: string;
  readonly line: number;
}

/** One field of a file's object that a GitOps object edits. */
export interface FieldEdit {
  readonly field: string;
  readonly value: Json;
  /** Where an item of the value (by index or key) is asked for; undefined for what was there before. */
  at(item: Json, key: string): Line | undefined;
}

/**
 * Edits fields of a YAML file so that every other value keeps its line: old lines are emptied, and the new values
 * are added at the end, one item a line. `writtenAt` maps a line (1-based) to the place that requested it, or to its own.
 * A file that is not a plain block mapping becomes one line of JSON, whose values have no place.
 */
export function editText(
  path: string,
  text: string,
  before: JsonObject,
  changes: readonly FieldEdit[],
): { readonly text: string; writtenAt(line: number): Line | undefined } {
  const after: JsonObject = { ...before, ...Object.fromEntries(changes.map(({ field, value }) => [field, value])) };
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const added: string[] = [];
  const places = new Map<number, Line>();
  for (const change of changes) {
    const { field, value } = change;
    const place = locate(text, 0, `/${field}`);
    const old = Object.hasOwn(before, field) ? before[field] : undefined;
    for (let line = place?.line ?? 1; line <= (place?.endLine ?? 0); line += 1) lines[line - 1] = "";
    const add = (written: string, item: Json, key: string): void => {
      added.push(written);
      const was = key !== "" && Array.isArray(old) ? old.findIndex((one: Json) => sameJson(one, item)) : key;
      const within = was === "" ? "" : below("", was ?? "");
      const line = was === -1 ? undefined : locate(text, 0, `/${field}${within}`)?.line;
      const at = change.at(item, key) ?? (line === undefined ? undefined : { path, line });
      if (at !== undefined) places.set(lines.length + added.length, at);
    };
    if (Array.isArray(value) && value.length > 0) {
      add(`${field}:`, value, "");
      value.forEach((item: Json, index) => add(`- ${toJsonText(item)}`, item, String(index)));
    } else if (isObject(value) && Object.keys(value).length > 0) {
      add(`${field}:`, value, "");
      for (const [key, item] of Object.entries(value)) add(`  ${toJsonText(key)}: ${toJsonText(item)}`, item, key);
    } else add(`${field}: ${toJsonText(value)}`, value, "");
  }
  const written = `${[...lines, ...added].join("\n")}\n`;
  if (!holdsValue(path, written, after)) return { text: `${toJsonText(after)}\n`, writtenAt: () => undefined };
  return {
    text: written,
    writtenAt: (line) => places.get(line) ?? (line <= lines.length ? { path, line } : undefined),
  };
}

function holdsValue(path: string, text: string, wanted: JsonObject): boolean {
  const documents = [...splitDocuments(text)];
  const [document] = documents;
  if (document?.kind !== "document" || documents.length > 1) return false;
  const reading = readDocument(path, document, DEFAULT_BUDGET);
  return reading.kind === "value" && sameJson(reading.value, wanted);
}
