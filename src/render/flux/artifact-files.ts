import type { TreeEntry } from "../../model/tree.ts";
import { cleanPath, directoryOf } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { artifactPatterns, ignores, readIgnorePatterns } from "./source-ignore.ts";

/** What source-controller makes an artifact of: plain data, as it is part of a step. */
export interface ArtifactLayout {
  /** The directory that the source's own files are below: of the tree, or of what was fetched. */
  readonly root: string;
  /** `spec.ignore`. */
  readonly ignore?: string;
  /** Parts of other artifacts, by the path in this one that they are put at. */
  readonly includes: readonly {
    readonly at: string;
    readonly from: string;
    readonly of: ArtifactLayout;
  }[];
}

/** The files of an artifact. */
export interface ArtifactFiles {
  /** By the paths that they have in the tree; what is not below the artifact's root is there too. */
  readonly files: TreeFiles;
  /** The `.sourceignore` files that decide, by path of the tree. */
  readonly ignoreFiles: readonly string[];
}

/**
 * Makes the view of an artifact as source-controller archives it: with what it includes, and without symbolic links and
 * what `.sourceignore`, `spec.ignore` and Flux's defaults leave out. `isExempt`: paths that are there all the same, as what
 * the configuration puts in place of something else.
 */
export async function artifactFiles(
  base: TreeFiles,
  layout: ArtifactLayout,
  isExempt: (path: string) => boolean = () => false,
): Promise<ArtifactFiles> {
  const { root, ignore = "", includes } = layout;
  const parts = await Promise.all(
    includes.map(async ({ at, from, of }): Promise<Part> => {
      const { files, ignoreFiles } = await artifactFiles(base, of);
      return { at: inner(root, at), from: inner(of.root, from), files, ignoreFiles };
    }),
  );
  const isInside = (path: string): boolean =>
    (root === "" ? base.fetchedAt(path) === undefined : isBelow(path, root)) && !isExempt(path);
  const whole = withParts(base, parts, isInside);
  const start = root === "" ? 0 : root.length + 1;
  const texts = await sourceIgnores(root, whole, base);
  const patterns = texts.flatMap(([path, bytes]) =>
    readIgnorePatterns(new TextDecoder().decode(bytes), directoryOf(path).slice(start)),
  );
  const isIgnored = ignores(artifactPatterns([...patterns, ...readIgnorePatterns(ignore, "")]));
  return {
    files: withoutIgnored(whole, (path) => isInside(path) && path.length > start && isIgnored(path.slice(start))),
    ignoreFiles: [
      ...texts.map(([path]) => whole.fileAt(path)?.path ?? path),
      ...parts.flatMap(({ ignoreFiles }) => ignoreFiles),
    ],
  };
}

/** The content of every `.sourceignore`, those of outer directories first: the only files that are read through links. */
async function sourceIgnores(
  root: string,
  whole: TreeFiles,
  base: TreeFiles,
): Promise<readonly (readonly [string, Uint8Array])[]> {
  const within = (files: TreeFiles): readonly string[] =>
    files.filesBelow(root).filter((path) => path === ".sourceignore" || path.endsWith("/.sourceignore"));
  const linked = within(base).filter(
    (path) => whole.fileAt(path) === undefined && whole.directoryAt(directoryOf(path)) !== undefined,
  );
  const found = [...(await whole.read(within(whole))), ...(await base.read(linked))];
  const depth = (path: string): number => path.split("/").length;
  return found.toSorted(([one], [other]) => depth(one) - depth(other));
}

/** Files of another artifact: `from` a path there, `at` a path here. */
interface Part extends ArtifactFiles {
  readonly at: string;
  readonly from: string;
}

/** `..` does not lead out of a root. */
function inner(root: string, path: string): string {
  return cleanPath(`${root}/${cleanPath(path)}`);
}

function isBelow(path: string, directory: string): boolean {
  return directory === "" || path === directory || path.startsWith(`${directory}/`);
}

/** The files without what is found by a link only, and with parts of other artifacts. */
function withParts(base: TreeFiles, parts: readonly Part[], isInside: (path: string) => boolean): TreeFiles {
  const partOf = (path: string): Part | undefined => parts.find(({ at }) => isBelow(path, at));
  const there = ({ at, from }: Part, path: string): string => moved(path, at, from);
  const fileAt = (path: string): TreeEntry | undefined => {
    const part = partOf(path);
    if (part !== undefined) return part.files.fileAt(there(part, path));
    const entry = base.fileAt(path);
    return entry === undefined || entry.path === path || !isInside(path) ? entry : undefined;
  };
  return {
    ...base,
    fileAt,
    directoryAt(path) {
      const part = partOf(path);
      if (part !== undefined) return part.files.directoryAt(there(part, path)) === undefined ? undefined : path;
      if (parts.some(({ at }) => isBelow(at, path))) return path;
      const directory = base.directoryAt(path);
      return directory === path || !isInside(path) ? directory : undefined;
    },
    filesBelow(directory) {
      const part = partOf(directory);
      if (part !== undefined) {
        const from = there(part, directory);
        return part.files.filesBelow(from).map((path) => moved(path, from, directory));
      }
      const own = base.filesBelow(directory).filter((path) => fileAt(path) !== undefined);
      const included = parts.filter(({ at }) => isBelow(at, directory)).flatMap((one) => partFiles(one));
      return included.length === 0 ? own : [...new Set([...own, ...included])].toSorted();
    },
    submoduleOf(path) {
      const part = partOf(path);
      return part === undefined ? base.submoduleOf(path) : part.files.submoduleOf(there(part, path));
    },
    async read(paths) {
      const byPart = new Map<Part | undefined, string[]>();
      for (const path of paths) {
        if (fileAt(path) === undefined) continue;
        const part = partOf(path);
        byPart.set(part, [...(byPart.get(part) ?? []), path]);
      }
      const found = new Map<string, Uint8Array>();
      for (const [part, wanted] of byPart) {
        const name = (path: string): string => (part === undefined ? path : there(part, path));
        const read = await (part?.files ?? base).read(wanted.map(name));
        for (const path of wanted) {
          const bytes = read.get(name(path));
          if (bytes !== undefined) found.set(path, bytes);
        }
      }
      return found;
    },
  };
}

function partFiles({ at, from, files }: Part): readonly string[] {
  if (files.fileAt(from) !== undefined) return [at];
  return files.filesBelow(from).map((path) => moved(path, from, at));
}

function moved(path: string, from: string, to: string): string {
  return cleanPath(`${to}/${from === "" ? path : path.slice(from.length)}`);
}

/** The files that are not ignored; `isIgnored` is asked for a directory with a slash at its end. */
function withoutIgnored(files: TreeFiles, isIgnored: (path: string) => boolean): TreeFiles {
  const known = new Map<string, boolean>();
  const keeps = (path: string): boolean => {
    const kept = known.get(path) ?? !isIgnored(path);
    known.set(path, kept);
    return kept;
  };
  const filesBelow = (directory: string): readonly string[] => files.filesBelow(directory).filter(keeps);
  return {
    ...files,
    fileAt: (path) => (keeps(path) ? files.fileAt(path) : undefined),
    filesBelow,
    directoryAt(path) {
      const directory = files.directoryAt(path);
      // A directory that is left out is there all the same where a file below it is not.
      return directory === undefined || keeps(`${path}/`) || filesBelow(path).length > 0 ? directory : undefined;
    },
    read: async (paths) => files.read([...paths].filter(keeps)),
  };
}
