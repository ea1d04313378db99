import type { ConfigFile, PolicyFile, PolicySources } from "../model/policy.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";

/** The largest file that a policy may read, in bytes. */
const largest = 4 * 2 ** 20;

/**
 * The files of the tree that policies may mean where they call `parse_config_file` or `parse_combined_config_files`: those that
 * a text in them names, relative to its own directory. None is outside the tree or reached through a link.
 */
export async function configFileSources(
  tree: Pick<Tree, "read">,
  entries: readonly TreeEntry[],
  policies: readonly PolicyFile[],
): Promise<readonly ConfigFile[]> {
  const found: ConfigFile[] = [];
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path: module, text } of policies) {
    if (!/\bparse_(?:config_file|combined_config_files)\b/.test(text)) continue;
    for (const written of new Set(textsIn(text))) {
      const path = pathFrom(module, written);
      const entry = path === undefined ? undefined : byPath.get(path);
      if (entry?.kind !== "file" || (entry.size ?? 0) > largest) continue;
      found.push({ module, written, text: new TextDecoder().decode(await tree.read(entry.path)) });
    }
  }
  return found;
}

/** The files that policies, not their tests, may read, with their texts by path from the root of the tree. */
export function readByPolicies({
  files,
  configFiles = [],
}: Pick<PolicySources, "files" | "configFiles">): ReadonlyMap<string, string> {
  const modules = new Set(files.map(({ path }) => path));
  return new Map(
    configFiles.flatMap(({ module, written, text }) => {
      const path = modules.has(module) ? pathFrom(module, written) : undefined;
      return path === undefined ? [] : [[path, text] as const];
    }),
  );
}

function textsIn(text: string): readonly string[] {
  return [...text.matchAll(/"([^"\\\n]+)"|`([^`\n]+)`/g)].map(([, quoted, raw]) => quoted ?? raw ?? "");
}

/** The path that a module means, from the root of its tree; undefined where it leads out of it. */
export function pathFrom(module: string, written: string): string | undefined {
  if (written.startsWith("/")) return undefined;
  const parts = module.split("/").slice(0, -1);
  for (const part of written.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}
