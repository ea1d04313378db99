import type { ManifestChange, Report } from "../model/report.ts";
import { inEnvironments } from "./landing.ts";
import { nameOf } from "./wording.ts";

/** `3 created, 8 updated and 1 deleted`: the objects that a change touches; undefined where it touches none. */
export function changesLine({ manifestChanges = [] }: Report): string | undefined {
  const counted = (["created", "updated", "deleted"] as const).flatMap((kind) => {
    const count = manifestChanges.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  if (counted.length < 2) return counted[0];
  return `${counted.slice(0, -1).join(", ")} and ${counted.at(-1)}`;
}

/** Notes on a change besides its title: where it lands, and what happens to a deleted object. Untrusted text. */
export function changeNotes({ kind, environments, pruned, finalizers = [] }: ManifestChange): readonly string[] {
  const where = inEnvironments(environments);
  const fate =
    kind !== "deleted" || pruned === undefined ? [] : [pruned ? "pruned from the cluster" : "stays in the cluster"];
  const held = finalizers.length === 0 ? [] : [`finalizers: ${finalizers.join(", ")}`];
  return [...(where === undefined ? [] : [where]), ...fate, ...held];
}

/** `updated Deployment shop/web in production`. Untrusted text. */
export function changeTitle(change: ManifestChange): string {
  const [first, ...rest] = changeNotes(change);
  const title = `${change.kind} ${nameOf(change.manifest)}`;
  if (first === undefined) return title;
  return [first.startsWith("in ") ? `${title} ${first}` : `${title}, ${first}`, ...rest].join(", ");
}
