import type { Question } from "../model/judge.ts";
import { writeJson } from "./value/json-text.ts";

/** The entry module's input for one question: JSON text, every integer exact. A deleted manifest is judged as null. */
export function questionInput(question: Question): string {
  const { manifest, operation } = question;
  const document = operation === "DELETE" ? "null" : writeJson(manifest.value);
  const oldObject = question.oldObject ?? (operation === "DELETE" ? manifest.value : undefined);
  const old = oldObject === undefined ? "" : `,"oldObject":${writeJson(oldObject)}`;
  const file = JSON.stringify(fileOf(manifest.position.path));
  return `{"document":${document},"conftest":{"file":${file}},"portcullis":{"operation":"${operation}"${old}}}`;
}

/**
 * `data.conftest.file` as conftest gives it, with the root of the tree as `/`: conftest names directories absolutely, and
 * policies compare their ends.
 */
function fileOf(path: string): { readonly name: string; readonly dir: string } {
  const slash = path.lastIndexOf("/");
  return { name: path.slice(slash + 1), dir: `/${path.slice(0, Math.max(slash, 0))}` };
}
