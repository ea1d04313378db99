import type { Finding } from "../../model/finding.ts";
import type { Json } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { isKustomizationName } from "../../render/files/scope.ts";
import type { SourcePlace } from "../../render/unit.ts";
import { changedLines, type ChangedLine } from "./changed-lines.ts";
import { loadingLines, type LoadingLine } from "./loading-line.ts";
import { keysOf, valueAt } from "../../manifest/pointer.ts";

/** The files that a change alters, with their changed lines. */
export interface ChangedFiles {
  /** Whether the tree after holds the file with other content than the tree before. */
  changed(path: string): boolean;
  /** Whether the tree before holds the file and the tree after does not. */
  gone(path: string): boolean;
  /** The file's changed lines with their text, first to last; at least one. Of a changed file only. */
  linesOf(path: string): Promise<readonly ChangedLine[]>;
  /** Of the tree after. */
  readonly loadingLine: LoadingLine;
}

/** Compares the files of two trees; each file's lines on demand. */
export async function changedFiles(before: Tree, after: Tree): Promise<ChangedFiles> {
  const [old, now] = [await entriesOf(before), await entriesOf(after)];
  const known = new Map<string, Promise<readonly ChangedLine[]>>();
  const decoder = new TextDecoder();
  const textOf = async (path: string): Promise<string> => decoder.decode(await after.read(path));
  const read = async (path: string): Promise<readonly ChangedLine[]> => {
    const text = await textOf(path);
    const lines = text.split("\n");
    const was = old.get(path)?.kind === "file" ? decoder.decode(await before.read(path)) : undefined;
    const numbers = was === undefined ? lines.map((_, index) => index + 1) : changedLines(was, text);
    // A change of mode alone changes no line.
    return (numbers.length === 0 ? [1] : numbers).map((line) => ({ line, text: lines[line - 1] ?? "" }));
  };
  return {
    changed: (path) => {
      const [one, other] = [old.get(path), now.get(path)];
      return other?.kind === "file" && (one?.kind !== "file" || one.id !== other.id);
    },
    gone: (path) => old.has(path) && !now.has(path),
    linesOf: (path) => {
      const lines = known.get(path) ?? read(path);
      known.set(path, lines);
      return lines;
    },
    loadingLine: loadingLines((path) => now.get(path)?.kind === "file", textOf),
  };
}

async function entriesOf(tree: Tree): Promise<ReadonlyMap<string, TreeEntry>> {
  return new Map((await tree.list()).map((entry) => [entry.path, entry]));
}

/** An introduced finding of a source, with what is known about its cause. */
export interface Relocatable {
  readonly finding: Pick<Finding, "location" | "pointer">;
  /** The manifest as it is now; absent where it is gone. */
  readonly manifest?: Manifest;
  /** Where the same value came from before. */
  readonly placeBefore?: SourcePlace;
  /** Where the source is declared, and all files that it reads or read. */
  readonly declaredIn: string;
  readonly reads: readonly string[];
  /** The line on which a source that is gone was declared. */
  readonly wentAt?: number;
}

/**
 * The finding's place on a line of the change, where it is not in a changed file already: the changed line where the
 * value stood before, else one that holds the value, else the entry of a kustomization that loads it, else the first
 * changed line of the source's own file or of what it reads. Undefined where the change does not touch the source's files.
 */
export async function relocate(
  { finding, manifest, placeBefore, declaredIn, reads, wentAt }: Relocatable,
  files: ChangedFiles,
): Promise<Pick<Finding, "location" | "related"> | undefined> {
  const { location, pointer } = finding;
  if (files.changed(location.path)) return withinPlace(finding, manifest, files);
  // Deleting the declaration removes everything the source yielded, whatever else the change does.
  if (wentAt !== undefined && files.gone(declaredIn)) {
    if (location.path === declaredIn) return undefined;
    return {
      location: { path: declaredIn, line: wentAt, precision: "source" },
      related: { path: location.path, line: location.line },
    };
  }
  const own = (path: string): boolean => path === declaredIn;
  // An object that left the state while its file remains is no longer loaded, most likely by the nearest kustomization.
  const lists = (path: string): number =>
    manifest === undefined && isKustomizationName(path) ? 1 + commonLength(path, location.path) : 0;
  const candidates = [...new Set([declaredIn, ...reads])]
    .filter((path) => files.changed(path))
    .toSorted((a, b) => Number(own(b)) - Number(own(a)) || lists(b) - lists(a) || (a < b ? -1 : 1));
  const [first] = candidates;
  if (first === undefined) return undefined;
  const { fetched } = location;
  const on = (path: string, line: number): Pick<Finding, "location" | "related"> => ({
    location: { path, line, precision: "source", ...(fetched === undefined ? {} : { fetched }) },
    related: { path: location.path, line: location.line },
  });
  if (placeBefore !== undefined && candidates.includes(placeBefore.path)) {
    const lines = await files.linesOf(placeBefore.path);
    const { line: stood } = placeBefore.place;
    const nearest = lines.toSorted((a, b) => Math.abs(a.line - stood) - Math.abs(b.line - stood))[0];
    if (nearest !== undefined) return on(placeBefore.path, nearest.line);
  }
  const value = manifest === undefined ? undefined : searchableText(manifest.value, pointer);
  if (value !== undefined) {
    for (const path of candidates) {
      const line = (await files.linesOf(path)).find(({ text }) => text.includes(value));
      if (line !== undefined) return on(path, line.line);
    }
  }
  for (const path of manifest === undefined ? [] : candidates) {
    const lines = new Set((await files.linesOf(path)).map(({ line }) => line));
    const line = await files.loadingLine(path, location.path, (one) => lines.has(one));
    if (line !== undefined) return on(path, line);
  }
  const [line] = await files.linesOf(first);
  return on(first, line?.line ?? 1);
}

function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

/** For a value that several lines of another file make up (a tag below `image:` in values), the line that the change alters. */
async function withinPlace(
  { location }: Relocatable["finding"],
  manifest: Manifest | undefined,
  files: ChangedFiles,
): Promise<Pick<Finding, "location" | "related"> | undefined> {
  const { path, line, endLine = line, precision } = location;
  if (manifest === undefined || manifest.position.path === path || endLine === line) return undefined;
  const inside = (await files.linesOf(path)).find((changed) => changed.line >= line && changed.line <= endLine);
  if (inside === undefined || inside.line === line) return undefined;
  return { location: { path, line: inside.line, precision }, related: { path, line } };
}

/** The text of the scalar at a pointer; undefined where it is so short that a search would match by chance. */
function searchableText(value: Json, pointer: string): string | undefined {
  const at = valueAt(value, keysOf(pointer));
  if (typeof at !== "string" && typeof at !== "number" && typeof at !== "boolean") return undefined;
  const text = String(at);
  return text.length < 2 ? undefined : text;
}
