import type { TreeFiles } from "./tree-files.ts";

/** The submodule that a path is or lies in, directly or through a link. */
export function submoduleOf(path: string, files: Pick<TreeFiles, "entries" | "links">): string | undefined {
  for (let end = path.indexOf("/"); ; end = path.indexOf("/", end + 1)) {
    const above = end === -1 ? path : path.slice(0, end);
    if (files.entries.get(above)?.kind === "submodule") return above;
    if (end === -1) break;
  }
  const end = files.links.follow(path);
  return end.kind === "submodule" ? end.path : undefined;
}
