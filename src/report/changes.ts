import type { ManifestChange, Report } from "../model/report.ts";
import { inEnvironments } from "./landing.ts";
import { nameOf } from "./wording.ts";

/** `3 created, 8 updated and 1 deleted`: the objects that a change touches; undefined where it touches none. */
export function changesLine({ manifestChanges = [] }: Report): string | undefined {
  const counted = (["created", "updated", "deleted"] as const).flatMap((kind) => {
    const count = manifestChanges.filter((change) => change.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  return joined(counted);
}

/** `a, b and c`; undefined of nothing. */
function joined(parts: readonly string[]): string | undefined {
  return parts.length < 2 ? parts[0] : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** `podinfo of https://charts.example.com 6.5.0 → 6.6.0: 3 updated and 1 created`. Untrusted text. */
export function remoteChangeLines({ remoteChanges = [] }: Report): readonly string[] {
  return remoteChanges.map(({ name, before, after, sources, objects, images }) => {
    const version =
      before === undefined ? `${after} (new)` : after === undefined ? `${before} (gone)` : `${before} → ${after}`;
    const counted = (["updated", "created", "deleted"] as const).flatMap((kind) =>
      objects[kind] === 0 ? [] : [`${objects[kind]} ${kind}`],
    );
    const [first = "", ...more] = sources;
    const where = more.length === 0 ? first : `${first} and ${more.length} more`;
    const shown = images.slice(0, 3).map((image) => `${image.before} → ${image.after}`);
    const rest = images.length > shown.length ? [`${images.length - shown.length} more images`] : [];
    const what = [joined(counted) ?? "no object changes", ...shown, ...rest].join("; ");
    return `${name} ${version} (${where}): ${what}`;
  });
}

/** `web ^1.0.0 of https://charts.example.com: 1.2.0`: what servers answered last, since they gave no answer. Untrusted text. */
export function staleLines({ remotes = [] }: Pick<Report, "remotes">): readonly string[] {
  return [
    ...new Set(
      remotes.flatMap(({ stale, reference, version }) => (stale === true ? [`${reference}: ${version}`] : [])),
    ),
  ];
}

/** Heads `staleLines`. */
export const staleHeading = "No answer from the server: judged as it was when it last answered";

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
