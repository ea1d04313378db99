import { load } from "js-yaml";
import type { Delivery, Files } from "./delivery.ts";
import { yaml, type Draft } from "./objects.ts";
import type { Random } from "./random.ts";
import type { App, Repository } from "./repository.ts";

/** Changes the head so that less of it might be judged; false where it has nothing to do that to. */
export type Disguise = (change: Change, random: Random) => boolean;

/** A pull request in the making. */
export interface Change {
  readonly repository: Repository;
  readonly target: App;
  /** The tree after. */
  readonly head: Files;
  /** What the head's own plan delivers; starts as what the base's does. */
  deliveries: readonly Delivery[];
  /** The file with what the pull request is about. */
  carrier: string;
  /** The names of deliveries of which a part is in no tree that the gate sees, as long as they last. */
  readonly unseen: Set<string>;
}

/** The names that Kustomize looks for. */
const kustomizations = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/** The kustomization of a directory. */
export function kustomizationAt(files: Files, directory: string): string | undefined {
  return kustomizations.map((name) => `${directory}/${name}`).find((path) => files.has(path));
}

export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The path of a file as one in another directory names it. */
export function relative(from: string, to: string): string {
  const [a, b] = [from, to].map((path) => path.split("/").filter((part) => part !== "")) as [string[], string[]];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same += 1;
  return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/") || ".";
}

export function textAt(files: Files, path: string): string | undefined {
  const file = files.get(path);
  return typeof file === "string" ? file : undefined;
}

/** Changes the only document of a YAML file; false where it has none or is a template. */
export function edit(files: Files, path: string | undefined, change: (object: Draft) => void): boolean {
  const text = path === undefined ? undefined : textAt(files, path);
  const object = text === undefined || /\{\{-? /.test(text) ? undefined : objectIn(text);
  if (path === undefined || object === undefined) return false;
  change(object);
  files.set(path, path.endsWith(".json") ? JSON.stringify(object) : yaml(object));
  return true;
}

export function objectIn(text: string): Draft | undefined {
  try {
    const value = load(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Draft) : undefined;
  } catch {
    return undefined;
  }
}

/** Moves a file, and what kustomizations of its directory and of those beside it call it. */
export function move(change: Change, from: string, to: string): boolean {
  const file = change.head.get(from);
  if (file === undefined || change.head.has(to)) return false;
  change.head.delete(from);
  change.head.set(to, file);
  for (const path of change.head.keys()) {
    if (!/(?:^|\/)kustomization\.ya?ml$|(?:^|\/)Kustomization$/.test(path)) continue;
    const directory = directoryOf(path);
    const [old, now] = [relative(directory, from), relative(directory, to)];
    const text = textAt(change.head, path);
    if (text?.includes(old)) {
      edit(change.head, path, (content) => {
        for (const key of ["resources", "components", "patches"]) {
          if (!Array.isArray(content[key])) continue;
          content[key] = (content[key] as readonly unknown[]).map((item) =>
            item === old ? now : (item as Draft)?.["path"] === old ? { ...(item as Draft), path: now } : item,
          );
        }
      });
    }
  }
  if (change.carrier === from) change.carrier = to;
  change.deliveries = change.deliveries.map((one) => (one.declaredIn === from ? { ...one, declaredIn: to } : one));
  return true;
}
