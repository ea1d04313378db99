import { cleanPath } from "../files/scope.ts";

/**
 * Resolves a path relative to a directory, or with `/` to the root of its repository; undefined where it leads out of the
 * repository. `root`: the directory that the repository is in; "" for this one.
 */
export function resolvePath(directory: string, written: string, root = ""): string | undefined {
  const from = written.startsWith("/") ? "" : directory.slice(root === "" ? 0 : root.length + 1);
  let depth = 0;
  for (const part of `${from}/${written}`.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return undefined;
  }
  return cleanPath(`${root}/${from}/${written}`);
}
