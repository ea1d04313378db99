import type { ApplyEntry, Config } from "../../model/config.ts";
import type { Tree } from "../../model/tree.ts";
import type { DesiredState } from "../desired-state.ts";
import { environmentsOf } from "../environments.ts";
import { readEach } from "../files/read-each.ts";
import { readScoped } from "../files/read-scoped.ts";
import type { Role, ScopedFile } from "../files/role.ts";
import { directoryOf } from "../files/scope.ts";
import { literalPattern } from "../glob/literal-pattern.ts";
import { directoriesOf } from "./match-entry.ts";

/** The entries of `apply:` that judge what is judged of a tree without any, sorted by path. */
export async function suggestApply(tree: Tree, state: DesiredState, config: Config): Promise<readonly ApplyEntry[]> {
  const written = await writtenFiles(tree, state);
  const entries = [...suggestDirectories(state, config), ...suggestFiles(state, written, config)];
  return entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** Roots and charts; those that are all of their kind in one directory as one pattern. */
function suggestDirectories({ starts, graph, files }: DesiredState, config: Config): readonly ApplyEntry[] {
  const environments = new Map(graph.sources.map((source) => [source.id, source.environments]));
  const groups = new Map<string, { readonly entry: ApplyEntry; readonly directories: string[] }>();
  for (const { kind, directory } of starts) {
    const parent = directoryOf(directory);
    const entry = {
      path: parent === "" ? "*" : `${literalPattern(parent)}/*`,
      as: kind === "root" ? "kustomize" : "helm",
      ...environmentAmong([environments.get(directory === "" ? "." : directory) ?? []], config),
    } as const;
    const key = JSON.stringify(directory === "" ? [entry, "."] : entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { entry, directories: [directory] });
    else group.directories.push(directory);
  }
  const paths = files.map(({ entry }) => entry.path);
  return [...groups.values()].flatMap(({ entry, directories }) => {
    const all = directories.length > 1 && isSame(directoriesOf(entry, paths), directories);
    return all
      ? [entry]
      : directories.map((directory) => ({ ...entry, path: directory === "" ? "." : literalPattern(directory) }));
  });
}

/** Files that are judged as they are written, by the largest directories that hold no other manifests. */
function suggestFiles(state: DesiredState, written: ReadonlySet<string>, config: Config): readonly ApplyEntry[] {
  const others = state.files.filter(({ role }) => role.kind === "rendered").map(({ entry }) => entry.path);
  const entryOf = (path: string, files: readonly string[]): ApplyEntry => ({
    path: literalPattern(path),
    as: "raw",
    ...environmentAmong(
      files.map((file) => environmentsOf({ path: file }, config)),
      config,
    ),
  });
  const within = (directory: string): readonly ApplyEntry[] => {
    const isBelow = (path: string): boolean => directory === "" || path.startsWith(`${directory}/`);
    const files = [...written].filter(isBelow);
    const direct = files.filter((path) => directoryOf(path) === directory);
    if (directory !== "" && direct.length > 0 && !others.some(isBelow)) return [entryOf(directory, files)];
    const deeper = new Set(
      files.flatMap((path) => (directoryOf(path) === directory ? [] : [childOf(directory, path)])),
    );
    return [...direct.map((path) => entryOf(path, [path])), ...[...deeper].flatMap(within)];
  };
  return within("");
}

/** The directory right below another one that leads to a path. */
function childOf(directory: string, path: string): string {
  const start = directory === "" ? 0 : directory.length + 1;
  return path.slice(0, path.indexOf("/", start));
}

/** Files whose manifests are judged as they are written, but not those that are so only since a source is incomplete. */
async function writtenFiles(tree: Tree, { files, incomplete }: DesiredState): Promise<ReadonlySet<string>> {
  const roles = new Map(files.flatMap((file) => (isAsWritten(file) ? [[file.entry.path, file.role]] : [])));
  const found = new Set<string>();
  for await (const reading of readEach(tree, [...roles.keys()])) {
    const role = roles.get(reading.path);
    if (role === undefined || incomplete.has(reading.path)) continue;
    const scoped = reading.kind === "bytes" ? readScoped(reading.path, role, reading.bytes) : undefined;
    if (scoped?.kind !== "skipped") found.add(reading.path);
  }
  return found;
}

function isAsWritten(file: ScopedFile): file is ScopedFile & { readonly role: AsWritten } {
  const { kind } = file.role;
  return kind === "plain" || kind === "used" || kind === "chart";
}

type AsWritten = Role & { readonly kind: "plain" | "used" | "chart" };

/** The environment that all land in, where the configuration has an entry for it. */
function environmentAmong(
  all: readonly (readonly string[])[],
  { environments }: Config,
): Pick<ApplyEntry, "environment"> {
  const [name, ...others] = new Set(all.flat());
  const everywhere = name !== undefined && others.length === 0 && all.every((some) => some.length === 1);
  return everywhere && Object.hasOwn(environments, name) ? { environment: name } : {};
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  const held = new Set(other);
  return one.length === held.size && one.every((item) => held.has(item));
}
