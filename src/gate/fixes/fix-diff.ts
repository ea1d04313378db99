import { createTwoFilesPatch } from "diff";

/** The edit of one file as a unified diff that `git apply` and `patch -p1` take. */
export function fixDiff(path: string, { before, after }: { readonly before: string; readonly after: string }): string {
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, undefined, undefined, { context: 3 });
  return patch.replace(/^=+\n/, "");
}
