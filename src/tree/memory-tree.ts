import { createHash } from "node:crypto";
import type { Tree, TreeEntry } from "../model/tree.ts";

/** The content of a path in a memory tree: text or bytes of a file, the target of a symlink, or a submodule. */
export type MemoryFile = string | Uint8Array | { readonly symlink: string } | { readonly submodule: string };

/** A tree made from a record of paths, for tests and for callers that have the files already. */
export function memoryTree(files: { readonly [path: string]: MemoryFile }, name = "memory"): Tree {
  const held = new Map<string, { readonly entry: TreeEntry; readonly bytes: Uint8Array }>();
  for (const path of Object.keys(files).toSorted()) {
    const file = files[path];
    if (file !== undefined) held.set(path, hold(path, file));
  }
  const read = (path: string): Uint8Array => {
    const found = held.get(path);
    if (found === undefined || found.entry.kind === "submodule") throw new Error(`${name} has no file ${path}`);
    return found.bytes;
  };
  return {
    name,
    list: async () => [...held.values()].map(({ entry }) => entry),
    read: async (path) => read(path),
    async *readAll(paths) {
      for (const path of paths) yield { path, bytes: read(path) };
    },
  };
}

function hold(path: string, file: MemoryFile): { readonly entry: TreeEntry; readonly bytes: Uint8Array } {
  if (typeof file === "object" && "submodule" in file) {
    return { entry: { path, kind: "submodule", id: file.submodule }, bytes: new Uint8Array() };
  }
  const kind = typeof file === "object" && "symlink" in file ? "symlink" : "file";
  const content = typeof file === "object" && "symlink" in file ? file.symlink : file;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { entry: { path, kind, id: createHash("sha256").update(bytes).digest("hex"), size: bytes.length }, bytes };
}
