import { cleanPath } from "../files/scope.ts";

/** Resolves a path relative to a directory of the tree; undefined where it leads out of the tree. */
export function resolvePath(directory: string, written: string): string | undefined {
  const from = written.startsWith("/") ? "" : directory;
  let depth = 0;
  for (const part of `${from}/${written}`.split("/")) {
    if (part === "..") depth -= 1;
    else if (part !== "" && part !== ".") depth += 1;
    if (depth < 0) return undefined;
  }
  return cleanPath(`${from}/${written}`);
}
