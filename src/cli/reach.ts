import { existsSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import type { Tree } from "../model/tree.ts";
import { readEach } from "../render/files/read-each.ts";
import { isKustomizationName, mayHoldManifests } from "../render/files/scope.ts";
import { repositoryTop } from "../tree/repository-top.ts";
import { isUnder } from "./paths.ts";

/** The API groups of objects that make a controller apply other files. */
const GITOPS = ["argoproj.io/", "toolkit.fluxcd.io/"];

/** A relative path that leaves its directory, wherever it is in a kustomization. */
const OUTWARD = /\.\.(?:\/[^\s"'`,[\]{}#]+)?/g;

/** The named paths, and a directory that contains them all. */
interface Named {
  readonly root: string;
  readonly paths: readonly string[];
  /** The root is the working directory: a person who is there means what is in it. */
  readonly isHome: boolean;
}

/**
 * The paths to list so that everything the named paths refer to can be read. Kustomizations lead to their bases, GitOps
 * objects to any path of their repository: then the Git repository is listed, or the working directory where there is
 * none. Outside both only what kustomizations name is added, so that a directory elsewhere never makes the whole disk
 * part of the tree.
 */
export async function reachOf(
  listed: Tree,
  { root, paths, isHome }: Named,
  treeOf: (paths: readonly string[]) => Tree,
): Promise<readonly string[]> {
  if (!(await refersToOthers(listed, paths))) return paths;
  const around = paths.map((path) => repositoryAround(root, path) ?? (isHome ? "" : undefined));
  const bounded = around.filter((top) => top !== undefined);
  const free = paths.filter((_, index) => around[index] === undefined);
  return [...new Set([...bounded, ...(await withBases(free, treeOf))])];
}

/** Whether a named file may refer to files that were not named. */
async function refersToOthers(tree: Tree, named: readonly string[]): Promise<boolean> {
  const paths = await filesUnder(tree, named);
  if (paths.some((path) => isKustomizationName(path))) return true;
  for await (const reading of readEach(tree, paths.filter(mayHoldManifests))) {
    if (reading.kind === "failed") continue;
    const { buffer, byteOffset, length } = reading.bytes;
    if (GITOPS.some((group) => Buffer.from(buffer, byteOffset, length).includes(group))) return true;
  }
  return false;
}

/** The top of the Git repository that a path is in, relative to the root; the root where the top is above it. */
function repositoryAround(root: string, path: string): string | undefined {
  const top = repositoryTop(join(root, path));
  if (top === undefined) return undefined;
  const below = relative(root, top).split(sep).join("/");
  return below.startsWith("..") ? "" : below;
}

/** The paths, and those that their kustomizations name, and those that these name. */
async function withBases(
  paths: readonly string[],
  treeOf: (paths: readonly string[]) => Tree,
): Promise<readonly string[]> {
  const all = new Set(paths);
  for (let fresh = paths; fresh.length > 0;) {
    const named = await basesOf(treeOf(fresh), fresh);
    fresh = named.filter((path) => !isUnder(path, [...all]));
    for (const path of fresh) all.add(path);
  }
  return [...all];
}

async function basesOf(tree: Tree, paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  const files = (await filesUnder(tree, paths)).filter((path) => isKustomizationName(path));
  for await (const reading of readEach(tree, files)) {
    if (reading.kind === "failed") continue;
    for (const [outward] of new TextDecoder().decode(reading.bytes).matchAll(OUTWARD)) {
      const target = posix.join(posix.dirname(reading.path), outward).replace(/\/$/, "");
      if (target !== "." && !target.startsWith("..") && existsSync(join(tree.name, target))) found.add(target);
    }
  }
  return [...found];
}

async function filesUnder(tree: Tree, paths: readonly string[]): Promise<readonly string[]> {
  return (await tree.list())
    .filter(({ path, kind }) => kind === "file" && isUnder(path, paths))
    .map(({ path }) => path);
}
