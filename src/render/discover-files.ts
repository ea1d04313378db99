import type { Tree, TreeEntry } from "../model/tree.ts";
import { chartFinder } from "./charts/chart-directories.ts";
import type { Role, ScopedFile } from "./files/role.ts";
import { kustomize, type KustomizationCache } from "./kustomizations/kustomize-roles.ts";
import { readLinks, type LinkEnd, type Links } from "./files/links.ts";
import { isKustomizationName, mayHoldManifests, type Scope } from "./files/scope.ts";

const unrendered: { readonly [extension: string]: string } = {
  jsonnet: "Jsonnet",
  libsonnet: "Jsonnet",
  cue: "CUE",
  k: "KCL",
  pkl: "Pkl",
  dhall: "Dhall",
};

/** Finds every file of a tree in scope, sorted by path, with its role. */
export async function discover(
  tree: Tree,
  scope: Scope,
  kustomizations: KustomizationCache,
): Promise<readonly ScopedFile[]> {
  const entries = new Map((await tree.list()).map((entry) => [entry.path, entry]));
  const roles = new Map<string, Role>();
  const files = new Set<string>();
  const links: string[] = [];
  for (const { path, kind } of entries.values()) {
    if (kind === "symlink") links.push(path);
    else if (kind === "submodule") {
      if (scope.includes(path)) roles.set(path, submodule);
    } else if (scope.names(path) || (scope.covers(path) && (mayHoldManifests(path) || isKustomizationName(path))))
      files.add(path);
    else if (scope.covers(path)) {
      const language = unrendered[path.slice(path.lastIndexOf(".") + 1)];
      if (language !== undefined)
        roles.set(path, { kind: "skip", reason: `${language} is not rendered`, unrendered: true });
    }
  }
  const { targets, follow } = await readLinks(tree, entries, links);
  const { roles: used, drawn } = await kustomize(tree, entries, { scope, follow, cache: kustomizations });
  for (const path of drawn) if (entries.get(path)?.kind === "file") files.add(path);
  const linkedAt = followLinks(entries, { targets, follow }, { scope, drawn }, files, roles);
  for (const link of links) {
    const role = used.get(link);
    if (role !== undefined && roles.has(link)) roles.set(link, role);
  }
  const chartOf = chartFinder(entries.keys());
  for (const path of files) roles.set(path, used.get(path) ?? chartOf(path) ?? plain);
  const found: ScopedFile[] = [];
  for (const [path, role] of roles) {
    const entry = entries.get(path);
    const at = linkedAt.get(path)?.toSorted();
    if (entry !== undefined) found.push({ entry, role, ...(at === undefined ? {} : { linkedAt: at }) });
  }
  return found.toSorted((a, b) => (a.entry.path < b.entry.path ? -1 : 1));
}

const plain: Role = { kind: "plain" };
const submodule: Role = {
  kind: "skip",
  reason: "it is a submodule: its files are in another repository; exclude it if it contains no manifests",
  unrendered: true,
};

/**
 * The files that links in scope lead to: they are in scope too, so that a link cannot hide an excluded file. Returns at which
 * other paths links hold each.
 */
function followLinks(
  entries: ReadonlyMap<string, TreeEntry>,
  { targets, follow }: Links,
  { scope, drawn }: { readonly scope: Scope; readonly drawn: ReadonlySet<string> },
  files: Set<string>,
  roles: Map<string, Role>,
): ReadonlyMap<string, readonly string[]> {
  const linkedAt = new Map<string, string[]>();
  const hold = (path: string, at: string): void => {
    linkedAt.set(path, [...(linkedAt.get(path) ?? []), at]);
  };
  const mayHold = (link: string, end: string): boolean =>
    scope.names(link) ||
    drawn.has(link) ||
    isKustomizationName(link) ||
    mayHoldManifests(link) ||
    mayHoldManifests(end);
  const below = new Map<string, readonly string[]>();
  const entriesBelow = (directory: string): readonly string[] => {
    let found = below.get(directory);
    if (found === undefined) {
      found = [...entries.keys()].filter((path) => directory === "" || path.startsWith(`${directory}/`));
      below.set(directory, found);
    }
    return found;
  };
  const todo = [...targets.keys()].filter((link) => scope.includes(link) || drawn.has(link));
  const seen = new Set(todo);
  for (let link = todo.pop(); link !== undefined; link = todo.pop()) {
    const end: LinkEnd = follow(link);
    const target = targets.get(link) ?? "";
    switch (end.kind) {
      case "file":
        if (!mayHold(link, end.path)) break;
        files.add(end.path);
        hold(end.path, link);
        roles.set(link, { kind: "skip", reason: `symbolic link to ${end.path}, which is judged at its own path` });
        break;
      case "directory":
        for (const path of entriesBelow(end.path)) {
          const kind = entries.get(path)?.kind;
          if (kind === "file" && (mayHoldManifests(path) || isKustomizationName(path))) {
            files.add(path);
            hold(path, `${link}/${end.path === "" ? path : path.slice(end.path.length + 1)}`);
          } else if (kind === "submodule") roles.set(path, submodule);
          else if (kind === "symlink" && !seen.has(path)) {
            seen.add(path);
            todo.push(path);
          }
        }
        roles.set(link, {
          kind: "skip",
          reason: `symbolic link to the directory ${end.path || "."}, whose files are judged at their own paths`,
        });
        break;
      case "submodule":
        roles.set(link, {
          kind: "problem",
          message: `cannot be read: the symbolic link leads into the submodule ${end.path}`,
        });
        break;
      case "outside":
      case "missing":
      case "loop":
        if (mayHold(link, target) || !/[^/]\.[^/.]+$/.test(link))
          roles.set(link, { kind: "problem", message: `${ends[end.kind]}: ${target}` });
        break;
    }
  }
  return linkedAt;
}

const ends = {
  outside: "cannot be read: the symbolic link leads out of the tree",
  missing: "cannot be read: the target of the symbolic link does not exist",
  loop: "cannot be read: the symbolic link leads back to itself",
};
