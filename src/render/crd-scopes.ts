import { sha256 } from "../manifest/sha256.ts";
import { isObject } from "../manifest/identity.ts";
import type { Manifest } from "../model/manifest.ts";
import type { TreeEntry } from "../model/tree.ts";
import { isClusterScoped } from "../manifest/cluster-scoped.ts";
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
  /** What the CRDs of each file serve: `group/version` and `group/version/Kind`. */
  readonly served: readonly { readonly path: string; readonly versions: readonly string[] }[];
  /** Equal for equal CRDs. */
  readonly digest: string;
}

/** Reads the scopes that CRDs in files of a tree declare; cached by content. */
export async function crdScopes(
  entries: readonly TreeEntry[],
  files: TreeFiles,
  cache: DesiredStateRequest["cache"],
): Promise<Scopes> {
  const known = facts<readonly DeclaredKind[]>(cache, "crds");
  const served: { readonly path: string; readonly versions: readonly string[] }[] = [];
  const found = new Map<string, boolean>();
  const unread = new Map<string, string>();
  const note = (path: string, kinds: readonly DeclaredKind[]): void => {
    for (const { kind, cluster } of kinds) found.set(kind, cluster);
    if (kinds.length > 0) served.push({ path, versions: kinds.flatMap(({ versions }) => versions) });
  };
  for (const entry of entries) {
    const id = contentId(entry) ?? "";
    const held = known.get(id);
    if (held === undefined) unread.set(entry.path, id);
    else note(entry.path, held);
  }
  for await (const reading of readEach(files.tree, [...unread.keys()])) {
    if (reading.kind !== "bytes") continue;
    const scopesOfFile = kindsIn(readFile(reading.path, reading.bytes).manifests);
    known.set(unread.get(reading.path) ?? "", scopesOfFile, 100 + 100 * scopesOfFile.length);
    note(reading.path, scopesOfFile);
  }
  return {
    isClusterScoped: (group, kind) => isClusterScoped(group, kind) ?? found.get(`${group}/${kind}`),
    served: served.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    digest: sha256(JSON.stringify([...found].toSorted(([one], [other]) => (one < other ? -1 : 1)))),
  };
}

interface DeclaredKind {
  /** `group/Kind`. */
  readonly kind: string;
  readonly cluster: boolean;
  readonly versions: readonly string[];
}

/** The API versions that CRDs among rendered objects make a cluster serve, sorted. */
export function servedBy(objects: readonly Pick<Manifest, "identity" | "value">[]): readonly string[] {
  return [...new Set(kindsIn(objects).flatMap(({ versions }) => versions))].toSorted();
}

function kindsIn(objects: readonly Pick<Manifest, "identity" | "value">[]): readonly DeclaredKind[] {
  return objects.flatMap(({ identity, value: { spec } }) => {
    if (identity.group !== "apiextensions.k8s.io" || identity.kind !== "CustomResourceDefinition") return [];
    if (!isObject(spec) || !isObject(spec["names"])) return [];
    const [group, kind] = [spec["group"], spec["names"]["kind"]];
    if (typeof group !== "string" || typeof kind !== "string") return [];
    const listed = Array.isArray(spec["versions"]) ? spec["versions"].filter(isObject) : [];
    const versions = listed.flatMap(({ name, served: isServed }) =>
      typeof name === "string" && isServed === true ? [`${group}/${name}`, `${group}/${name}/${kind}`] : [],
    );
    return [{ kind: `${group}/${kind}`, cluster: spec["scope"] === "Cluster", versions }];
  });
}
