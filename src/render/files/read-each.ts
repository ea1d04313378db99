import type { Tree } from "../../model/tree.ts";

/** The bytes of one path, or why they could not be read. */
export type PathReading =
  | { readonly kind: "bytes"; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly path: string; readonly message: string };

/** Reads paths of a tree in order; a path that fails does not stop the others. */
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
