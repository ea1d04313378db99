import { sha256 } from "../manifest/sha256.ts";
import { isObject } from "../manifest/identity.ts";
import type { TreeEntry } from "../model/tree.ts";
import { isClusterScoped } from "./cluster-scoped.ts";
import { contentId } from "./files/content-id.ts";
import type { DesiredStateRequest } from "./desired-state.ts";
import { facts } from "./kept-values.ts";
import { readEach } from "./files/read-each.ts";
import { readFile } from "./files/read-file.ts";
import type { TreeFiles } from "./files/tree-files.ts";

/** Which kinds are cluster-scoped, by Kubernetes and by the CRDs of a tree. */
export interface Scopes {
  /** Undefined where it is not known. */
  readonly isClusterScoped: (group: string, kind: string) => boolean | undefined;
  /** Equal for equal CRDs. */
  readonly digest: string;
}

/** Reads the scopes that CRDs in files of a tree declare; cached by content. */
export async function crdScopes(
  entries: readonly TreeEntry[],
  files: TreeFiles,
  cache: DesiredStateRequest["cache"],
): Promise<Scopes> {
  const known = facts<readonly (readonly [string, boolean])[]>(cache, "crds");
  const found = new Map<string, boolean>();
  const unread = new Map<string, string>();
  for (const entry of entries) {
    const id = contentId(entry) ?? "";
    const held = known.get(id);
    if (held === undefined) unread.set(entry.path, id);
    else for (const [kind, cluster] of held) found.set(kind, cluster);
  }
  for await (const reading of readEach(files.tree, [...unread.keys()])) {
    if (reading.kind !== "bytes") continue;
    const scopesOfFile = crdsIn(reading.path, reading.bytes);
    known.set(unread.get(reading.path) ?? "", scopesOfFile, 100 + 100 * scopesOfFile.length);
    for (const [kind, cluster] of scopesOfFile) found.set(kind, cluster);
  }
  return {
    isClusterScoped: (group, kind) => isClusterScoped(group, kind) ?? found.get(`${group}/${kind}`),
    digest: sha256(JSON.stringify([...found].toSorted(([one], [other]) => (one < other ? -1 : 1)))),
  };
}

function crdsIn(path: string, bytes: Uint8Array): readonly (readonly [string, boolean])[] {
  return readFile(path, bytes).manifests.flatMap(({ identity, value: { spec } }) => {
    if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return [];
    if (!isObject(spec) || !isObject(spec["names"])) return [];
    const [group, kind] = [spec["group"], spec["names"]["kind"]];
    if (typeof group !== "string" || typeof kind !== "string") return [];
    return [[`${group}/${kind}`, spec["scope"] === "Cluster"] as const];
  });
}
