import { isObject } from "../../manifest/identity.ts";
import type { Change } from "../../model/change.ts";
import type { Json } from "../../model/json.ts";
import type { RemoteChange } from "../../model/report.ts";
import type { UsedRemote } from "../../model/source.ts";
import type { Results } from "../judging/judge-once.ts";
import { isUnit } from "../reading.ts";
import type { JudgedStates } from "../judging/judge-states.ts";

/** What was fetched for both trees, each once, sorted: with it the judgement can be repeated. */
export function allRemotes({ before, after }: Pick<JudgedStates, "before" | "after">): readonly UsedRemote[] {
  const all = [...before.state.remotes, ...after.state.remotes].map((one) => [JSON.stringify(one), one] as const);
  return [...new Map(all)].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

/** What the change has fetched in another version, with what becomes of the objects of the sources that render it. */
export function remoteChanges({
  changes,
  before,
  after,
}: Pick<JudgedStates, "changes" | "before" | "after">): readonly RemoteChange[] {
  const [old, now] = [versionsOf(before.state.remotes), versionsOf(after.state.remotes)];
  const failed = failedSources(after.results);
  const bySource = changesBySource(changes);
  const groups = new Map<string, RemoteChange>();
  for (const key of [...new Set([...old.keys(), ...now.keys()])].toSorted()) {
    const [was, is] = [old.get(key), now.get(key)];
    if (was?.digest === is?.digest) continue;
    const { name, source } = was ?? is ?? { name: "", source: "" };
    // What could not be fetched or rendered has not gone: a problem or finding tells.
    if (is === undefined && failed.has(source)) continue;
    const group = JSON.stringify([name, was?.version, is?.version]);
    const mine = bySource.get(source) ?? [];
    const known = groups.get(group);
    const count = (kind: Change["kind"]): number => mine.filter((change) => change.kind === kind).length;
    groups.set(group, {
      name,
      ...(was === undefined ? {} : { before: was.version }),
      ...(is === undefined ? {} : { after: is.version }),
      sources: [...(known?.sources ?? []), source],
      objects: {
        created: (known?.objects.created ?? 0) + count("created"),
        updated: (known?.objects.updated ?? 0) + count("updated"),
        deleted: (known?.objects.deleted ?? 0) + count("deleted"),
      },
      images: distinct([...(known?.images ?? []), ...changedImages(mine)]),
    });
  }
  return [...groups.values()];
}

function failedSources(results: Results): ReadonlySet<string> {
  return new Set(
    [...results].flatMap(([of, { problems, gaps = [] }]) => {
      const isFailed = problems.length > 0 || gaps.some(({ unpermitted }) => unpermitted !== undefined);
      return isUnit(of) && isFailed ? [of.source.id] : [];
    }),
  );
}

/** By source and name. What one source has of one name in several versions does not tell which of them became which. */
function versionsOf(remotes: readonly UsedRemote[]): ReadonlyMap<string, UsedRemote> {
  const found = new Map<string, UsedRemote>();
  for (const one of remotes) {
    if (one.isPart === true) continue;
    const key = JSON.stringify([one.source, one.name]);
    const known = found.get(key);
    found.set(
      key,
      known === undefined
        ? one
        : { ...one, version: `${known.version}, ${one.version}`, digest: `${known.digest} ${one.digest}` },
    );
  }
  return found;
}

function changesBySource(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const found = new Map<string, Change[]>();
  for (const change of changes) {
    const { source } = change.kind === "deleted" ? change.before : change.after;
    if (source === undefined) continue;
    found.set(source, [...(found.get(source) ?? []), change]);
  }
  return found;
}

/** Images of the same repository in another version. */
function changedImages(changes: readonly Change[]): RemoteChange["images"] {
  return changes.flatMap((change) => {
    if (change.kind !== "updated" && change.kind !== "moved") return [];
    const after = new Map(imagesIn(change.after.value).map((image) => [repositoryOf(image), image]));
    return imagesIn(change.before.value).flatMap((image) => {
      const other = after.get(repositoryOf(image));
      return other === undefined || other === image ? [] : [{ before: image, after: other }];
    });
  });
}

function imagesIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    if (!/^(?:containers|initContainers|ephemeralContainers)$/.test(key) || !Array.isArray(item)) return imagesIn(item);
    return item.flatMap((container) =>
      isObject(container) && typeof container["image"] === "string" ? [container["image"]] : [],
    );
  });
}

/** An image without tag and digest. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function distinct(images: RemoteChange["images"]): RemoteChange["images"] {
  return [...new Map(images.map((one) => [JSON.stringify(one), one])).values()].toSorted((one, other) =>
    one.before < other.before ? -1 : 1,
  );
}
