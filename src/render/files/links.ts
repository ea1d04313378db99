import type { Tree, TreeEntry } from "../../model/tree.ts";
import { readEach } from "./read-each.ts";

/** The end of following a symlink of a tree. */
export type LinkEnd =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "submodule"; readonly path: string }
  | { readonly kind: "outside" }
  | { readonly kind: "missing" }
  | { readonly kind: "loop" };

/** The symlinks of a tree: the target text of each by path, and where each leads. */
export interface Links {
  readonly targets: ReadonlyMap<string, string>;
  readonly follow: (path: string) => LinkEnd;
}

/** The longest path, in bytes, that Linux follows; a longer target is not read. */
const longestTarget = 4096;

/** Reads the symlinks of a tree. One that cannot be read, or is too long for a path, counts as leading out of the tree. */
export async function readLinks(
  tree: Tree,
  entries: ReadonlyMap<string, TreeEntry>,
  links: readonly string[],
): Promise<Links> {
  const targets = new Map(links.map((link) => [link, "/…"]));
  const readable = links.filter((link) => (entries.get(link)?.size ?? 0) <= longestTarget);
  for await (const reading of readEach(tree, readable)) {
    if (reading.kind === "bytes") targets.set(reading.path, new TextDecoder().decode(reading.bytes));
  }
  return { targets, follow: linkFollower(entries, targets) };
}

/** The number of links that Linux follows in one path. */
const maxHops = 40;

/** Makes the function that follows symlinks within a tree, given the targets of its links by path. */
function linkFollower(
  entries: ReadonlyMap<string, TreeEntry>,
  targets: ReadonlyMap<string, string>,
): (path: string) => LinkEnd {
  if (targets.size === 0) return () => ({ kind: "missing" });
  const directories = new Set<string>([""]);
  for (const path of entries.keys()) {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const directory = path.slice(0, at);
      if (directories.has(directory)) break;
      directories.add(directory);
    }
  }
  return (path) => {
    const reached: string[] = [];
    let todo = path.split("/");
    let hops = 0;
    for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (reached.pop() === undefined) return { kind: "outside" };
        continue;
      }
      reached.push(part);
      const at = reached.join("/");
      const target = targets.get(at);
      if (target !== undefined) {
        hops += 1;
        if (hops > maxHops) return { kind: "loop" };
        if (target.startsWith("/")) return { kind: "outside" };
        reached.pop();
        todo = [...target.split("/"), ...todo];
        continue;
      }
      const entry = entries.get(at);
      if (entry?.kind === "submodule") return { kind: "submodule", path: at };
      const rest = todo.some((next) => next !== "" && next !== ".");
      if (entry !== undefined && rest) return { kind: "missing" };
      if (entry === undefined && !directories.has(at)) return { kind: "missing" };
    }
    const end = reached.join("/");
    return entries.has(end) ? { kind: "file", path: end } : { kind: "directory", path: end };
  };
}
