import { decodeText } from "../../manifest/decode-text.ts";
import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { editText } from "../../manifest/edit-text.ts";
import type { Finding } from "../../model/finding.ts";
import type { DeclaredFix } from "../../model/fix.ts";
import type { Tree } from "../../model/tree.ts";
import { declaredEdits } from "./declared-edits.ts";
import { writtenObject } from "./written-object.ts";

/** A finding whose policy declares a fix. */
export interface Fixable {
  readonly finding: Finding;
  readonly fix: DeclaredFix;
}

/** Texts of files by path, before or after fixes. */
export type Texts = ReadonlyMap<string, string>;

/** A finding that is not fixed, and why. */
export interface Unfixed {
  readonly finding: Finding;
  readonly reason: string;
}

/** The texts that fixes make, before anything says that they are right. */
export interface Drafted {
  readonly texts: Texts;
  readonly made: readonly Fixable[];
  readonly unfixed: readonly Unfixed[];
}

/** More lines than a fix of one finding may add or remove: a person must be able to see at a glance what it does. */
const MOST_LINES = 20;

/** The file and line whose text a fix of a finding edits. */
export function placeOf({ location, related }: Finding): { readonly path: string; readonly line: number } {
  return related ?? location;
}

/**
 * Makes the edits of fixes in the texts of their files, from the last line of each file to the first. `beside` puts new lines
 * right after the line of the finding where that is possible.
 */
export function draftFixes(fixables: readonly Fixable[], originals: Texts, beside = false): Drafted {
  const texts = new Map<string, string>();
  const made: Fixable[] = [];
  const unfixed: Unfixed[] = [];
  const fromLast = fixables.toSorted((one, other) => placeOf(other.finding).line - placeOf(one.finding).line);
  for (const fixable of fromLast) {
    const { path } = placeOf(fixable.finding);
    const text = texts.get(path) ?? originals.get(path);
    const edited = text === undefined ? "its file cannot be edited" : editedFor(fixable, text, beside);
    if (typeof edited === "string") unfixed.push({ finding: fixable.finding, reason: edited });
    else {
      texts.set(path, edited.text);
      made.push(fixable);
    }
  }
  return { texts, made, unfixed };
}

function editedFor({ finding, fix }: Fixable, text: string, beside: boolean): { readonly text: string } | string {
  const { line } = placeOf(finding);
  if (finding.location.fetched !== undefined) return "what it is about is on a server";
  const object = writtenObject(text, line, finding);
  if (object === undefined) return "the text at its place is not the object's own";
  const edits = declaredEdits(fix, finding, object.value);
  if (edits === undefined) return "the object has no place for the fix";
  const placed = edits.map((edit) => ({ ...edit, pointer: object.pointer + edit.pointer }));
  const edited = editText(text, object.document, placed, beside ? line : undefined);
  if (edited.kind === "refused") return edited.reason;
  const added = Math.abs(edited.text.split("\n").length - text.split("\n").length);
  return added > MOST_LINES ? "the edit is too long to be checked at a glance" : edited;
}

/** The texts of the files that fixes edit; what is not a plain file of UTF-8 is left out. */
export async function readOriginals(tree: Tree, paths: readonly string[]): Promise<Texts> {
  const files = new Set((await tree.list()).flatMap(({ path, kind }) => (kind === "file" ? path : [])));
  const texts = new Map<string, string>();
  for await (const { path, bytes } of tree.readAll([...new Set(paths)].filter((path) => files.has(path)))) {
    const decoded = decodeText(bytes, DEFAULT_BUDGET);
    if (decoded.kind !== "text") continue;
    // A byte order mark would be lost.
    if (new TextEncoder().encode(decoded.text).length === bytes.length) texts.set(path, decoded.text);
  }
  return texts;
}
