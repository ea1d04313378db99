import type { Question } from "../model/judge.ts";
import { EvaluationError } from "./opa-wasm.ts";
import { writeJson } from "./value/json-text.ts";

/**
 * The input of the entry points for one question, as JSON text with exact integers. A deleted manifest is judged as
 * null. Throws EvaluationError if a manifest is nested too deeply.
 */
export function questionInput(question: Question): string {
  try {
    return writeInput(question);
  } catch (error) {
    if (error instanceof RangeError) throw new EvaluationError("input", "it is nested too deeply", { cause: error });
    throw error;
  }
}

function writeInput(question: Question): string {
  const { manifest, operation } = question;
  const document = operation === "DELETE" ? "null" : writeJson(manifest.value);
  const oldObject = question.oldObject ?? (operation === "DELETE" ? manifest.value : undefined);
  const old = oldObject === undefined ? "" : `,"oldObject":${writeJson(oldObject)}`;
  const file = JSON.stringify(fileOf(manifest.position.path));
  return `{"document":${document},"conftest":{"file":${file}},"portcullis":{"operation":"${operation}"${old}}}`;
}

/**
 * `data.conftest.file` as in conftest, with `/` as the root of the tree: conftest gives absolute directories, and
 * policies compare their ends.
 */
function fileOf(path: string): { readonly name: string; readonly dir: string } {
  const slash = path.lastIndexOf("/");
  return { name: path.slice(slash + 1), dir: `/${path.slice(0, Math.max(slash, 0))}` };
}
