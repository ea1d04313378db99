import type { GitOpsObject, PlanContext } from "../gitops.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import { cleanPath, directoryOf } from "../files/scope.ts";
import { objectsAt, textAt } from "./fields.ts";
import { namespaceOf, only } from "./find-object.ts";

/** A Flux source object as another object names it. */
export interface SourceReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The directory that an artifact of an ArtifactGenerator mirrors, or why it is not known. */
export type ArtifactRoot =
  /** Directories of one source at the places they have below `root`, a directory of that source. */
  | { readonly kind: "copy"; readonly from: SourceReference; readonly root: string; readonly generator: Manifest }
  | { readonly kind: "mixed"; readonly what: string; readonly generator: Manifest }
  | { readonly kind: "missing" }
  | { readonly kind: "several"; readonly where: string };

/**
 * Finds the generator of an artifact and the one directory that it mirrors. An artifact whose files lie otherwise than in
 * their source is `mixed`: relative paths in it lead to other files than in the source.
 */
export function artifactRoot(
  near: GitOpsObject,
  wanted: { readonly namespace: string; readonly name: string },
  context: PlanContext,
): ArtifactRoot {
  const group = "source.extensions.fluxcd.io";
  const generators = context
    .find(near, { group, kind: "ArtifactGenerator" })
    .filter((one) => namespaceOf(one) === wanted.namespace && artifactOf(one, wanted.name) !== undefined);
  const found = only(generators);
  if (found.kind === "several") return { kind: "several", where: found.where };
  const generator = found.kind === "object" ? found.manifest : undefined;
  const artifact = generator === undefined ? undefined : artifactOf(generator, wanted.name);
  if (generator === undefined || artifact === undefined) return { kind: "missing" };
  const sources = new Map(
    objectsAt(generator.value, "spec", "sources").map(({ item }) => [textAt(item, "alias") ?? "", item]),
  );
  let from: JsonObject | undefined;
  let root: string | undefined;
  for (const { item } of objectsAt(artifact, "copy")) {
    const strategy = textAt(item, "strategy") ?? "Overwrite";
    if (strategy !== "Overwrite") return { kind: "mixed", what: `files by the strategy ${strategy}`, generator };
    const [, alias = "", pattern = ""] = /^@([^/]+)\/(.*)$/.exec(textAt(item, "from") ?? "") ?? [];
    const source = sources.get(alias);
    if (source === undefined)
      return { kind: "mixed", what: `"${alias}", which its generator does not name`, generator };
    const mirrored = mirroredRoot(pattern, textAt(item, "to") ?? "", context);
    if (mirrored === undefined || (root !== undefined && mirrored !== root))
      return { kind: "mixed", what: "files of several directories", generator };
    if (from !== undefined && from !== source) return { kind: "mixed", what: "several sources", generator };
    from = source;
    root = mirrored;
  }
  if (from === undefined || root === undefined) return { kind: "mixed", what: "nothing", generator };
  const kind = textAt(from, "kind") ?? "";
  const namespace = textAt(from, "namespace") ?? wanted.namespace;
  return { kind: "copy", from: { kind, namespace, name: textAt(from, "name") ?? "" }, root, generator };
}

function artifactOf(generator: Manifest, name: string): JsonObject | undefined {
  return objectsAt(generator.value, "spec", "artifacts").find(({ item }) => textAt(item, "name") === name)?.item;
}

/** The source directory that becomes the artifact's root, by source-watcher's copy rules (those of `cp`). */
function mirroredRoot(pattern: string, to: string, { tree }: PlanContext): string | undefined {
  const destination = cleanPath(to.replace(/^@artifact\//, ""));
  const copied = copiedAs(pattern, destination, to.endsWith("/"), tree);
  if (copied === undefined) return undefined;
  const { real, virtual } = copied;
  if (virtual === "") return real;
  if (real === virtual) return "";
  return real.endsWith(`/${virtual}`) ? real.slice(0, -virtual.length - 1) : undefined;
}

function copiedAs(
  pattern: string,
  destination: string,
  intoDirectory: boolean,
  tree: PlanContext["tree"],
): { readonly real: string; readonly virtual: string } | undefined {
  const path = cleanPath(pattern);
  if (/[*?[\]]/.test(pattern)) {
    const inside = /^([^*?[\]]+)\/\*\*$/.exec(path)?.[1];
    // A match of any other pattern keeps its whole path.
    return inside === undefined ? { real: "", virtual: destination } : { real: inside, virtual: destination };
  }
  const base = path.slice(directoryOf(path).length).replace(/^\//, "");
  const within = destination === "" ? base : `${destination}/${base}`;
  if (tree.isDirectory(path)) return { real: path, virtual: within };
  return { real: path, virtual: intoDirectory ? within : destination };
}
