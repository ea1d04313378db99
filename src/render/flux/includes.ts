import type { Manifest } from "../../model/manifest.ts";
import { writtenLine } from "../written-line.ts";
import { cleanPath } from "../files/scope.ts";
import type { PlanContext } from "../gitops.ts";
import type { PlacedFetch } from "../plan.ts";
import type { ArtifactLayout } from "./artifact-files.ts";
import type { ArtifactOrigin } from "./origin.ts";
import { objectsAt, textAt } from "./fields.ts";
import { pathBelow } from "./find-object.ts";

interface Including {
  /** Finds another GitRepository of the same namespace. */
  readonly follow: (name: string) => Promise<ArtifactOrigin>;
  /** The names of the repositories on the way to this one, itself included. */
  readonly seen: readonly string[];
  readonly context: PlanContext;
}

/** An origin with the files that its `spec.include` puts into the artifact, before anything is left out of it. */
export async function withIncludes(
  origin: ArtifactOrigin & { readonly kind: "tree" },
  manifest: Manifest,
  { follow, seen, context }: Including,
): Promise<ArtifactOrigin> {
  const { namespace, name: own } = manifest.identity;
  const items = objectsAt(manifest.value, "spec", "include");
  if (items.length === 0 || origin.layout === undefined) return origin;
  const includes: ArtifactLayout["includes"][number][] = [];
  const included: PlacedFetch[] = [];
  const unseen = [...origin.unseen];
  const away: Manifest[] = [...(origin.away ?? []), manifest];
  for (const { item, index } of items) {
    const name = textAt(item, "repository", "name") ?? "";
    const what = `GitRepository ${namespace ?? "default"}/${own} includes ${name || "a source"}`;
    const line = await writtenLine(manifest, `/spec/include/${index}`, context.tree);
    const failed = (message: string): ArtifactOrigin => ({ kind: "failed", message, manifest, at: line });
    if (seen.includes(name)) return failed(`${what}, which includes it in turn`);
    const part = await follow(name);
    if (part.manifest !== undefined) away.push(part.manifest);
    if (part.kind === "tree") away.push(...(part.away ?? []));
    if (part.kind === "failed") return failed(`${what}: ${part.message}`);
    if (part.kind === "elsewhere" && part.unfetched !== undefined)
      return { kind: "elsewhere", reason: `${what}: ${part.reason}`, manifest, unfetched: part.unfetched };
    if (part.kind === "elsewhere") {
      unseen.push(`${what}, which is not read: ${part.reason}`);
      continue;
    }
    // What is put in place of a source that the tree does not hold would be the tree itself.
    if (
      part.layout === undefined ||
      (part.manifest === undefined && part.assumed !== undefined && part.unseen.length > 0)
    ) {
      unseen.push(`${what}, which is not read: ${part.assumed ?? "it is no repository"}`);
      continue;
    }
    const from = textAt(item, "fromPath") ?? "";
    const at = cleanPath(textAt(item, "toPath") ?? name);
    const layout = { ...origin.layout, includes: [...includes] };
    const here = (await context.artifact(layout)).tree;
    const to = pathBelow(layout.root, at);
    const isTaken = [here, context.tree].some((tree) => tree.has(to) || tree.isDirectory(to));
    if (at === "" || isTaken)
      return failed(`${what} at ${at || "its root"}, where something is already, so that Flux makes no artifact`);
    const there = (await context.artifact(part.layout)).tree;
    const source = pathBelow(part.layout.root, from);
    if (!there.has(source) && !there.isDirectory(source)) {
      if (part.assumed === undefined && part.pinned === undefined)
        return failed(`${what} from ${from}, which does not exist there`);
      unseen.push(`${what} from ${from}, which does not exist here`);
      continue;
    }
    includes.push({ at, from, of: part.layout });
    if (part.fetched !== undefined) included.push(part.fetched);
    included.push(...(part.included ?? []));
    unseen.push(...part.unseen.map((reason) => `${what}: ${reason}`));
  }
  return {
    ...origin,
    layout: { ...origin.layout, includes },
    ...(included.length === 0 ? {} : { included }),
    unseen,
    ...(unseen.length === 0 ? {} : { away }),
  };
}
