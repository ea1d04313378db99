import type { TreeEntry } from "../model/tree.ts";

/** Where a symlink of a tree leads. */
export type LinkEnd =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "submodule"; readonly path: string }
  | { readonly kind: "outside" }
  | { readonly kind: "missing" }
  | { readonly kind: "loop" };

/** Bytes of the longest path that Linux follows; what is longer need not be read. */
export const longestTarget = 4096;

/** As many hops as Linux follows. */
const maxHops = 40;

/** Makes the function that follows symlinks within a tree, given the targets of its links by path. */
export function linkFollower(
  entries: ReadonlyMap<string, TreeEntry>,
  targets: ReadonlyMap<string, string>,
): (path: string) => LinkEnd {
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
