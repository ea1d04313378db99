import type { Problem } from "../model/problem.ts";
import type { Tree, TreeEntry } from "../model/tree.ts";
import { isOfScenario } from "./scenario-files.ts";

/** A file that a path of policies or data leads to. */
export interface FoundFile {
  readonly path: string;
  /** Names of the directories between the one that was named and the file. */
  readonly prefix: readonly string[];
}

/** The files that a path leads to, what is wrong with others, and why there are none. */
export interface FilesBelow {
  readonly files: readonly FoundFile[];
  readonly trouble: readonly string[];
  readonly empty?: string;
}

/** Whether a file is what a written path names, or below it. */
export function isBelow(path: string, written: string): boolean {
  const root = rootOf(written);
  return root === "" || path === root || path.startsWith(`${root}/`);
}

function rootOf(written: string): string {
  return written
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** Finds the files of a path whose names are wanted. */
export function filesBelow(entries: readonly TreeEntry[], written: string, wanted: RegExp): FilesBelow {
  if (/^(?:[a-z+]+:)?\/|(?:^|\/)\.\.(?:\/|$)/.test(written))
    return { files: [], trouble: ["expected a path inside the repository"] };
  const root = rootOf(written);
  const below = entries.filter(({ path }) => isBelow(path, root) && !isOfScenario(path, root));
  if (below.length === 0) return { files: [], trouble: [], empty: "no such file or directory, or no files in it" };
  const files: FoundFile[] = [];
  const trouble: string[] = [];
  for (const { path, kind } of below) {
    if (kind === "submodule") trouble.push(`${path} is a submodule: its files are in another repository`);
    // A link without a file extension may lead to a directory of policies.
    else if (kind === "symlink" && (wanted.test(path) || !/[^/]\.[^/.]+$/.test(path))) {
      trouble.push(`${path} is a symbolic link; policies and data are read from regular files only`);
    } else if (kind === "file" && (wanted.test(path) || path === root)) {
      const inner = path === root ? "" : path.slice(root === "" ? 0 : root.length + 1);
      files.push({ path, prefix: inner.split("/").slice(0, -1) });
    }
  }
  if (files.length === 0 && trouble.length === 0)
    return { files, trouble, empty: `contains no file that ends in ${endings(wanted)}` };
  return { files, trouble };
}

function endings(wanted: RegExp): string {
  return wanted.source.includes("rego") ? ".rego" : ".json, .yaml or .yml";
}

/** The texts of files; those that cannot be read, or are not UTF-8, are problems. */
export async function readTexts(
  tree: Tree,
  files: readonly FoundFile[],
  problems: Problem[],
): Promise<readonly (FoundFile & { readonly text: string })[]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const texts: (FoundFile & { readonly text: string })[] = [];
  for (const file of files) {
    const bytes = await tree.read(file.path).catch((error: unknown) => {
      problems.push({ stage: "read", path: file.path, message: `cannot be read: ${String(error)}` });
    });
    if (bytes === undefined) continue;
    try {
      texts.push({ ...file, text: decoder.decode(bytes) });
    } catch {
      problems.push({ stage: "read", path: file.path, message: "cannot be read: it is not UTF-8" });
    }
  }
  return texts;
}
