import type { Tree, TreeEntry } from "../../model/tree.ts";
import { contentId } from "../files/content-id.ts";
import { readKustomization, resolveUse, type KustomizationReading } from "./kustomization.ts";
import type { Links } from "../files/links.ts";
import { readEach } from "../files/read-each.ts";
import { tooLarge } from "../files/read-file.ts";
import type { Role } from "../files/role.ts";
import { cleanPath, directoryOf, isKustomizationName, kustomizationNames, type Scope } from "../files/scope.ts";

/** Caches readings of kustomizations by blob id, across trees. */
export interface KustomizationCache {
  get(id: string): KustomizationReading | undefined;
  set(id: string, reading: KustomizationReading): void;
}

/** What reading kustomizations needs besides the tree. */
export interface KustomizeOptions {
  readonly scope: Scope;
  readonly follow: Links["follow"];
  readonly cache: KustomizationCache;
}

/** The roles that the kustomizations of a tree give to its files. */
export interface Kustomized {
  /** The roles of kustomizations and of what they use: a patch is no resource, unless some kustomization names it as one too. */
  readonly roles: ReadonlyMap<string, Role>;
  /** What kustomizations in scope load as resources, whatever it is called and wherever it lies. */
  readonly drawn: ReadonlySet<string>;
}

/** Reads the kustomizations of a tree and determines the role of every file that they load. */
export async function kustomize(
  tree: Tree,
  entries: ReadonlyMap<string, TreeEntry>,
  { scope, follow, cache }: KustomizeOptions,
): Promise<Kustomized> {
  const readings = await readKustomizations(tree, entries, { scope, follow, cache });
  const roles = new Map<string, Role>();
  const resources = new Set<string>();
  for (const path of [...readings.keys()].toSorted()) {
    const reading = readings.get(path);
    if (reading?.kind !== "kustomization") continue;
    for (const { path: written } of reading.resources) resources.add(targetOf(path, written) ?? "");
    for (const use of [...reading.uses, ...reading.plugins]) {
      const used = resolveUse(path, use.path);
      if (used !== undefined && !roles.has(used)) roles.set(used, { kind: "used", as: `${use.as} of ${path}` });
    }
  }
  for (const path of resources) roles.delete(path);
  for (const [path, reading] of readings) {
    if (reading.kind === "kustomization") roles.set(path, kustomization);
  }
  return { roles, drawn: drawnBy(readings, entries, scope) };
}

/** The role of a kustomization until it is known which source renders it. */
export const kustomization: Role = {
  kind: "skip",
  reason: "not rendered: its resources are judged as written in their own files",
  unrendered: true,
};

async function readKustomizations(
  tree: Tree,
  entries: ReadonlyMap<string, TreeEntry>,
  { scope, follow, cache }: KustomizeOptions,
): Promise<ReadonlyMap<string, KustomizationReading>> {
  const readings = new Map<string, KustomizationReading>();
  /** Kustomizations by the file that holds their text: Kustomize may find a link. */
  const unread = new Map<string, string[]>();
  for (const { path } of entries.values()) {
    if (!isKustomizationName(path) || !scope.reaches(directoryOf(path))) continue;
    const entry = textOf(path, entries, follow);
    if (entry === undefined || tooLarge(entry.size) !== undefined) continue;
    // In a directory tree, asking for an id hashes the file.
    const known = cache.get(contentId(entry) ?? "");
    if (known === undefined) unread.set(entry.path, [...(unread.get(entry.path) ?? []), path]);
    else readings.set(path, known);
  }
  for await (const file of readEach(tree, [...unread.keys()])) {
    const reading: KustomizationReading =
      file.kind === "bytes" ? readKustomization(file.path, file.bytes) : { kind: "unreadable" };
    for (const path of unread.get(file.path) ?? []) readings.set(path, reading);
    if (file.kind === "bytes") cache.set(contentId(entries.get(file.path)) ?? "", reading);
  }
  return readings;
}

function textOf(path: string, entries: ReadonlyMap<string, TreeEntry>, follow: Links["follow"]): TreeEntry | undefined {
  const entry = entries.get(path);
  if (entry?.kind !== "symlink") return entry?.kind === "file" ? entry : undefined;
  const end = follow(path);
  return end.kind === "file" ? entries.get(end.path) : undefined;
}

/** The files that kustomizations in scope load: Kustomize loads resources of any name and bases from anywhere, and neither may escape the scope. */
function drawnBy(
  readings: ReadonlyMap<string, KustomizationReading>,
  entries: ReadonlyMap<string, TreeEntry>,
  scope: Scope,
): ReadonlySet<string> {
  const drawn = new Set<string>();
  const todo = [...readings.keys()].filter((path) => scope.covers(path));
  const seen = new Set(todo);
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    const reading = readings.get(path);
    if (reading?.kind !== "kustomization") continue;
    for (const { path: written } of reading.resources) {
      const target = targetOf(path, written);
      if (target === undefined) continue;
      if (entries.has(target)) {
        if (scope.draws(target)) drawn.add(target);
        continue;
      }
      for (const name of kustomizationNames) {
        const base = target === "" ? name : `${target}/${name}`;
        if (!readings.has(base) || seen.has(base) || !scope.draws(base)) continue;
        seen.add(base);
        drawn.add(base);
        todo.push(base);
      }
    }
  }
  return drawn;
}

/** The path of the tree that a kustomization loads; undefined outside the tree. */
function targetOf(path: string, written: string): string | undefined {
  if (written.startsWith("/") || written.includes("://")) return undefined;
  return cleanPath(`${directoryOf(path)}/${written}`);
}
