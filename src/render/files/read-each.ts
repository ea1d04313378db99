import type { Tree } from "../../model/tree.ts";

/** The bytes of one path, or why they cannot be had. */
export type PathReading =
  | { readonly kind: "bytes"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly path: string; readonly message: string };

/** Reads many paths of a tree in their order; one that fails does not keep the rest from being read. */
export async function* readEach(tree: Tree, paths: readonly string[]): AsyncGenerator<PathReading> {
  let done = 0;
  while (done < paths.length) {
    try {
      for await (const { path, bytes } of tree.readAll(paths.slice(done))) {
        done += 1;
        yield { kind: "bytes", path, bytes };
      }
      return;
    } catch (error) {
      const path = paths[done] ?? "";
      done += 1;
      yield {
        kind: "failed",
        path,
        message: `cannot be read: ${String(error).replace(/^Error: /, "")}`,
      };
    }
  }
}
