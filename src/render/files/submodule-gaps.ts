import type { Gap } from "../../model/source.ts";
import type { ScopedFile } from "./role.ts";

/** A gap for every submodule in scope: its files are in another repository, and another commit of it is other content. */
export function submoduleGaps(files: readonly ScopedFile[]): readonly Gap[] {
  return files.flatMap(({ entry: { path, kind, id } }) =>
    kind === "submodule"
      ? [{ source: path, path, line: 1, reason: "the files of the submodule are in another repository", inputs: id }]
      : [],
  );
}
