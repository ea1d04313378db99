import type { JsonObject } from "../../model/json.ts";
import type { TreeEntry } from "../../model/tree.ts";
import { contentId, unreadable } from "../files/content-id.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import { facts, type Facts } from "../kept-values.ts";
import {
  generatedCharts,
  pluginUses,
  readKustomization,
  type KustomizationReading,
  type KustomizationContent,
  type KustomizeUse,
} from "./kustomization.ts";
import { fetchEntry, type FetchedEntry } from "./fetch-entry.ts";
import { isRemote } from "./remote-reference.ts";
import type { FailedFetch, FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import { cleanPath, directoryOf, kustomizationNames } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";

/** What a kustomization uses a file for, as far as it decides where the file is judged. */
export type UseKind = "kustomization" | "resource" | "patch" | "targeted-patch" | "values" | "other";

/** One file that a kustomization loads, by the path at which Kustomize looks for it; without an entry it is missing. */
export interface AskedFile {
  readonly path: string;
  readonly entry: TreeEntry | undefined;
  readonly use: UseKind;
  readonly as: string;
}

/**
 * An entry of a kustomization that is not found at its path. `directory`: a link leads to `to`, or the configuration
 * replaces its URL by that directory, or it was fetched there; `file`: the same of a file; `remote`: a URL of which
 * nothing is at hand.
 */
export type UnresolvedEntry = { readonly written: string; readonly as: string } & (
  | { readonly kind: "remote"; readonly failure?: FailedFetch }
  | { readonly kind: "directory" | "file"; readonly to: string }
);

/** One directory with a kustomization, and everything that this kustomization itself loads. */
export interface KustomizationNode {
  readonly directory: string;
  /** The kustomization's path. */
  readonly path: string;
  readonly content: KustomizationContent;
  readonly asks: readonly AskedFile[];
  /** Directories that it loads, by their own names. */
  readonly loads: readonly string[];
  readonly unresolved: readonly UnresolvedEntry[];
  /** The charts that it has rendered, each with the file that names it. */
  readonly charts: readonly { readonly chart: JsonObject; readonly path: string }[];
  /** What servers have and it loads. */
  readonly fetched: readonly FetchedDirectory[];
}

/** Directories with kustomizations, read on demand. */
export interface KustomizationNodes {
  /** Reads the kustomizations of directories and of all that they load. Directories without one are left out. */
  load(directories: Iterable<string>): Promise<void>;
  get(directory: string): KustomizationNode | undefined;
  /** What a kustomization that is not in the tree would ask for at a path; all that it loads is loaded. */
  standIn(path: string, bytes: Uint8Array): Promise<KustomizationNode | undefined>;
}

/** Makes the reader of a tree's kustomizations; readings are cached by blob id. */
export function kustomizationNodes(
  files: TreeFiles,
  remotes: RemoteDirectories,
  { cache, config }: Pick<DesiredStateRequest, "cache" | "config">,
): KustomizationNodes {
  const { vendored } = config.kustomize;
  const nodes = new Map<string, KustomizationNode | undefined>();
  const readings = facts<KustomizationReading>(cache, "kustomization");
  const plugins = facts<readonly KustomizeUse[]>(cache, "kustomize-plugin");
  const configurationsOf = async (
    readings: Iterable<readonly [string, KustomizationReading]>,
  ): Promise<ReadonlyMap<string, readonly KustomizeUse[]>> => {
    const paths = [...readings].flatMap(([path, reading]) =>
      reading.kind === "kustomization"
        ? reading.plugins.map(({ path: written }) => join(directoryOf(path), written) ?? "")
        : [],
    );
    const inTree = paths.filter((path) => files.fileAt(path) !== undefined);
    return knownOrRead(files, plugins, inTree, (_, bytes) => pluginUses(bytes));
  };
  const generatedBy = facts<{ readonly charts: readonly JsonObject[] }>(cache, "kustomize-charts");
  const chartsOf = async (
    readings: Iterable<readonly [string, KustomizationReading]>,
  ): Promise<ReadonlyMap<string, { readonly charts: readonly JsonObject[] }>> => {
    const paths = [...readings].flatMap(([path, reading]) =>
      reading.kind !== "kustomization"
        ? []
        : reading.plugins.flatMap((one) => (one.as === "generator" ? [join(directoryOf(path), one.path) ?? ""] : [])),
    );
    const inTree = paths.filter((path) => files.fileAt(path) !== undefined);
    return knownOrRead(files, generatedBy, inTree, (_, bytes) => ({ charts: generatedCharts(bytes) ?? [] }));
  };
  const fetchedFor = async (contents: readonly (readonly [string, KustomizationContent])[]): Promise<Fetched> => {
    const wanted = contents.flatMap(([path, content]) =>
      remoteIn(path, content, files).filter(({ written }) => !Object.hasOwn(vendored, written)),
    );
    const unique = new Map(wanted.map((one) => [keyOf(one), one]));
    const entries = await Promise.all(
      [...unique].map(async ([key, one]) => [key, await fetchEntry(one, remotes, files)] as const),
    );
    return new Map(entries.flatMap(([key, entry]) => (entry === undefined ? [] : [[key, entry] as const])));
  };
  const reader: KustomizationNodes = {
    get: (directory) => nodes.get(directory),
    async standIn(path, bytes) {
      const reading = readKustomization(path, bytes);
      if (reading.kind !== "kustomization") return undefined;
      const configurations = await configurationsOf([[path, reading]]);
      const fetched = await fetchedFor([[path, reading]]);
      const generated = await chartsOf([[path, reading]]);
      const node = nodeOf(path, reading, { files, configurations, generated, vendored, fetched });
      await reader.load(node.loads);
      return node;
    },
    load(directories) {
      // What another call has begun must be there before this one ends.
      const loaded = loading.then(() => loadMore(directories));
      loading = loaded.catch(() => {});
      return loaded;
    },
  };
  let loading: Promise<void> = Promise.resolve();
  async function loadMore(directories: Iterable<string>): Promise<void> {
    let todo = [...new Set(directories)].filter((directory) => !nodes.has(directory));
    while (todo.length > 0) {
      for (const directory of todo) nodes.set(directory, undefined);
      const paths = todo.flatMap((directory) => kustomizationsIn(directory, files));
      const readingsByPath = await knownOrRead(files, readings, paths, readKustomization);
      const configurations = await configurationsOf(readingsByPath);
      const contents = [...readingsByPath].flatMap(([path, reading]) =>
        reading.kind === "kustomization" ? [[path, reading] as const] : [],
      );
      const fetched = await fetchedFor(contents);
      const generated = await chartsOf(readingsByPath);
      const next: string[] = [];
      for (const path of paths) {
        const reading = readingsByPath.get(path);
        const directory = directoryOf(path);
        // Kustomize refuses a directory with two kustomizations; the loads of the first are used.
        if (reading?.kind !== "kustomization" || nodes.get(directory) !== undefined) continue;
        const node = nodeOf(path, reading, { files, configurations, generated, vendored, fetched });
        nodes.set(directory, node);
        next.push(...node.loads);
      }
      todo = [...new Set(next)].filter((directory) => !nodes.has(directory));
    }
  }
  return reader;
}

async function knownOrRead<Value>(
  files: TreeFiles,
  known: Facts<Value>,
  paths: readonly string[],
  read: (path: string, bytes: Uint8Array) => Value,
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  const unread: string[] = [];
  for (const path of paths) {
    const id = contentId(files.fileAt(path)) ?? unreadable;
    const value = id === unreadable ? undefined : known.get(id);
    if (value === undefined) unread.push(path);
    else found.set(path, value);
  }
  for (const [path, bytes] of await files.read(unread)) {
    const value = read(path, bytes);
    found.set(path, value);
    const id = contentId(files.fileAt(path)) ?? unreadable;
    if (id !== unreadable) known.set(id, value, 200 + 4 * bytes.length);
  }
  return found;
}

/** The paths in a directory that have the name of a kustomization. */
function kustomizationsIn(directory: string, files: TreeFiles): readonly string[] {
  return kustomizationNames
    .map((name) => (directory === "" ? name : `${directory}/${name}`))
    .filter((path) => files.fileAt(path) !== undefined);
}

function nodeOf(
  path: string,
  content: KustomizationContent,
  {
    files,
    configurations,
    generated,
    vendored,
    fetched,
  }: {
    readonly files: TreeFiles;
    readonly configurations: ReadonlyMap<string, readonly KustomizeUse[]>;
    readonly generated: ReadonlyMap<string, { readonly charts: readonly JsonObject[] }>;
    readonly vendored: { readonly [url: string]: string };
    readonly fetched: Fetched;
  },
): KustomizationNode {
  const directory = directoryOf(path);
  const asks: AskedFile[] = kustomizationNames.map((name) => {
    const asked = directory === "" ? name : `${directory}/${name}`;
    return { path: asked, entry: files.fileAt(asked), use: "kustomization", as: "kustomization" };
  });
  const loads: string[] = [];
  const unresolved: UnresolvedEntry[] = [];
  const found: FetchedDirectory[] = [];
  const ask = (written: string, as: string, use: UseKind, mayLoad: boolean): void => {
    const target = targetOf(directory, written, files);
    const entry = target === undefined ? undefined : files.fileAt(target);
    if (target === undefined || (entry === undefined && isRemote(written) && files.directoryAt(target) === undefined)) {
      if (isRemote(written)) remote(written, as, use, mayLoad);
      return;
    }
    const loaded = entry === undefined && mayLoad ? files.directoryAt(target) : undefined;
    if (loaded === undefined) {
      asks.push({ path: target, entry, use, as });
      return;
    }
    loads.push(loaded);
    if (loaded !== target) unresolved.push({ written, kind: "directory", to: loaded, as });
  };
  const remote = (written: string, as: string, use: UseKind, mayLoad: boolean): void => {
    const got = Object.hasOwn(vendored, written) ? undefined : fetched.get(keyOf({ written, mayLoad }));
    if (got?.kind === "found") found.push(got.fetched);
    const standIn = Object.hasOwn(vendored, written)
      ? cleanPath(vendored[written] ?? "")
      : got?.kind === "found"
        ? got.path
        : undefined;
    const entry = standIn === undefined ? undefined : files.fileAt(standIn);
    const loaded = standIn === undefined || !mayLoad ? undefined : files.directoryAt(standIn);
    if (standIn !== undefined && entry !== undefined) {
      asks.push({ path: standIn, entry, use, as });
      unresolved.push({ written, kind: "file", to: standIn, as });
    } else if (loaded !== undefined) {
      loads.push(loaded);
      unresolved.push({ written, kind: "directory", to: loaded, as });
    } else {
      const failure = got === undefined || got.kind === "found" ? undefined : got;
      unresolved.push({ written, kind: "remote", as, ...(failure === undefined ? {} : { failure }) });
    }
  };
  for (const { path: written, as } of content.resources) ask(written, as, "resource", true);
  for (const { path: written, as } of content.plugins) {
    ask(written, as, "other", true);
    for (const use of configurations.get(join(directory, written) ?? "") ?? [])
      ask(use.path, use.as, useKind(use), false);
  }
  for (const use of content.uses) ask(use.path, use.as, useKind(use), false);
  const charts = [
    ...content.charts.map((chart) => ({ chart, path })),
    ...content.inlineGenerators
      .flatMap((text) => generatedCharts(new TextEncoder().encode(text)) ?? [])
      .map((chart) => ({ chart, path })),
    ...content.plugins.flatMap(({ path: written, as }) => {
      const at = as === "generator" ? (join(directory, written) ?? "") : "";
      return (generated.get(at)?.charts ?? []).map((chart) => ({ chart, path: at }));
    }),
  ];
  return { directory, path, content, asks, loads, unresolved, charts, fetched: found };
}

/** By `keyOf`. */
type Fetched = ReadonlyMap<string, FetchedEntry>;

interface RemoteUse {
  readonly written: string;
  /** It may be a directory with a kustomization. */
  readonly mayLoad: boolean;
}

function keyOf({ written, mayLoad }: RemoteUse): string {
  return `${mayLoad ? "any" : "file"} ${written}`;
}

/** The entries of a kustomization that only servers have. */
function remoteIn(path: string, content: KustomizationContent, files: TreeFiles): readonly RemoteUse[] {
  const directory = directoryOf(path);
  const isAway = (written: string): boolean => {
    if (!isRemote(written)) return false;
    const target = targetOf(directory, written, files);
    return target === undefined || (files.fileAt(target) === undefined && files.directoryAt(target) === undefined);
  };
  const loaded = [...content.resources, ...content.plugins].map((one) => ({ written: one.path, mayLoad: true }));
  const used = content.uses.map((one) => ({ written: one.path, mayLoad: false }));
  return [...loaded, ...used].filter(({ written }) => isAway(written));
}

/** The path that a relative one leads to. What servers have does not lead to the tree's own files, nor they to it. */
function targetOf(directory: string, written: string, files: TreeFiles): string | undefined {
  const target = join(directory, written);
  return target !== undefined && files.fetchedAt(target) === files.fetchedAt(directory) ? target : undefined;
}

function useKind({ as, targeted }: KustomizeUse): UseKind {
  if (as === "patch") return targeted === true ? "targeted-patch" : "patch";
  return as === "Helm values" ? "values" : "other";
}

/** The path of the tree that a relative path leads to; undefined outside the tree. */
function join(directory: string, written: string): string | undefined {
  if (written.startsWith("/")) return undefined;
  const parts = directory === "" ? [] : directory.split("/");
  for (const part of written.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return cleanPath(parts.join("/"));
}
