import { isList, member } from "../../manifest/member.ts";
import type { Json } from "../../model/json.ts";
import { directoryOf, isKustomizationName, kustomizationNames } from "../../render/files/scope.ts";
import { pathFrom } from "../../render/positions/kustomize/layers.ts";
import { documentsOf } from "../../render/positions/kustomize/texts.ts";

/**
 * Among lines of a kustomization, the first whose entry loads a file, directly or through other kustomizations.
 * Undefined where none does, and for a file that is no kustomization.
 */
export type LoadingLine = (
  kustomization: string,
  file: string,
  among: (line: number) => boolean,
) => Promise<number | undefined>;

/** What a kustomization names. */
interface Named {
  /** Its resources, bases and components, with their lines. */
  readonly entries: readonly { readonly target: string; readonly line: number }[];
  /** All that may be a path of the tree. */
  readonly paths: ReadonlySet<string>;
}

/** Kustomizations are read on demand, each once. */
export function loadingLines(has: (path: string) => boolean, text: (path: string) => Promise<string>): LoadingLine {
  const known = new Map<string, Promise<Named>>();
  const read = (path: string): Promise<Named> => {
    const named = known.get(path) ?? text(path).then((content) => namedIn(path, content));
    known.set(path, named);
    return named;
  };
  const reached = new Map<string, Promise<ReadonlySet<string>>>();
  /** What is named from a directory on, with the kustomizations themselves. */
  const reach = async (start: string): Promise<ReadonlySet<string>> => {
    const [found, todo, seen] = [new Set<string>(), [start], new Set([start])];
    for (const directory of todo) {
      const path = kustomizationNames.map((name) => (directory === "" ? name : `${directory}/${name}`)).find(has);
      if (path === undefined) continue;
      const { entries, paths } = await read(path);
      for (const each of [path, ...paths]) found.add(each);
      for (const { target } of entries) {
        if (!seen.has(target)) todo.push(target);
        seen.add(target);
      }
    }
    return found;
  };
  return async (kustomization, file, among) => {
    if (!isKustomizationName(kustomization)) return undefined;
    const { entries } = await read(kustomization);
    for (const { target, line } of entries) {
      if (!among(line)) continue;
      const paths = reached.get(target) ?? reach(target);
      reached.set(target, paths);
      if (target === file || (await paths).has(file)) return line;
    }
    return undefined;
  };
}

function namedIn(path: string, text: string): Named {
  const [document] = documentsOf(text);
  const directory = directoryOf(path);
  const entries = ["resources", "bases", "components"].flatMap((field) => {
    const items = member(document?.value, field);
    return (isList(items) ? items : []).flatMap((item: Json, at) => {
      const target = typeof item === "string" ? pathFrom(directory, item) : undefined;
      const line = document?.place(`/${field}/${at}`)?.line;
      return target === undefined || line === undefined ? [] : [{ target, line }];
    });
  });
  const paths = stringsIn(document?.value).flatMap((written) => {
    // A generator's file may have a key before it.
    const target = pathFrom(directory, written.slice(written.lastIndexOf("=") + 1));
    return target === undefined ? [] : [target];
  });
  return { entries, paths: new Set(paths) };
}

function stringsIn(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
