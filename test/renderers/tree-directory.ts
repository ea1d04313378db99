import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** All files of a directory, up to five megabytes each, and its directories with a kustomization. */
export function readTreeDirectory(directory: string): {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly roots: readonly string[];
} {
  const files = new Map<string, Uint8Array>();
  const roots = new Set<string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name);
    const path = relative(directory, full).split(sep).join("/");
    const status = path.startsWith(".git/") ? undefined : statSync(full, { throwIfNoEntry: false });
    if (status === undefined || !status.isFile() || status.size > 5_000_000) continue;
    files.set(path, readFileSync(full));
    if (/^(?:kustomization\.ya?ml|Kustomization)$/.test(entry.name))
      roots.add(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  }
  return { files, roots: [...roots].toSorted() };
}
