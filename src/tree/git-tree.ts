import type { EntryKind, Tree, TreeEntry } from "../model/tree.ts";
import type { ObjectReader } from "./object-reader.ts";
import { runGit } from "./run-git.ts";

/** How many objects are requested ahead of the one that is awaited. */
const ahead = 256;

/** A tree has more files than its reader wants. */
export class TreeTooLarge extends Error {
  override readonly name = "TreeTooLarge";
}

/**
 * A tree in the object database of a repository. `id` is the full id of a commit or a tree. A listing of more than
 * `maxListing` bytes fails with TreeTooLarge.
 */
export function gitTree(
  directory: string,
  id: string,
  objects: ObjectReader,
  name: string,
  environment: { readonly [name: string]: string } = {},
  maxListing?: number,
): Tree {
  let listed: Promise<ReadonlyMap<string, TreeEntry>> | undefined;
  const entries = (): Promise<ReadonlyMap<string, TreeEntry>> =>
    (listed ??= listTree(directory, id, environment, maxListing));
  const idOf = async (path: string): Promise<string> => {
    const entry = (await entries()).get(path);
    if (entry === undefined || entry.kind === "submodule") throw new Error(`${name} has no file ${path}`);
    return entry.id;
  };
  return {
    name,
    list: async () => [...(await entries()).values()],
    read: async (path) => objects.read(await idOf(path)),
    async *readAll(paths) {
      const asked: Promise<Uint8Array>[] = [];
      for (let at = 0; at < paths.length; at += 1) {
        for (let next = asked.length; next < Math.min(at + ahead, paths.length); next += 1) {
          const answer = objects.read(await idOf(paths[next] ?? ""));
          // The consumer that awaits it gets the error; until then it must not count as an unhandled rejection.
          answer.catch(() => {});
          asked.push(answer);
        }
        const bytes = asked[at];
        if (bytes !== undefined) yield { path: paths[at] ?? "", bytes: await bytes };
        asked[at] = forgotten;
      }
    },
  };
}

const forgotten: Promise<Uint8Array> = Promise.resolve(new Uint8Array());

/** By the type bits of a mode: Git accepts any permission bits. */
const kinds: { readonly [type: string]: EntryKind } = { "10": "file", "12": "symlink", "16": "submodule" };

async function listTree(
  directory: string,
  id: string,
  environment: { readonly [name: string]: string },
  maxListing: number | undefined,
): Promise<ReadonlyMap<string, TreeEntry>> {
  const args = ["ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", id];
  const { code, stdout, bytes, stderr, isTooLong } = await runGit(directory, args, {
    objects: environment,
    ...(maxListing === undefined ? {} : { maxOutput: maxListing }),
  });
  if (isTooLong === true && maxListing !== undefined) throw new TreeTooLarge(`the tree of ${id}: ${stderr}`);
  if (code !== 0) throw new Error(`the tree of ${id} cannot be listed: ${stderr}`);
  const entries: TreeEntry[] = [];
  for (const line of (stdout.includes("\ufffd") ? spelled(bytes) : stdout).split("\0")) {
    if (line === "") continue;
    // The size is "BAD" if this clone lacks the object.
    const [, mode = "", blob = "", size = "", path = ""] =
      /^(\d+) \w+ ([0-9a-f]+) +(\d+|-|BAD)\t([^]+)$/.exec(line) ?? [];
    const kind = kinds[mode.slice(0, 2)];
    if (kind === undefined) throw new Error(`git ls-tree printed a line that cannot be parsed: ${line}`);
    entries.push({ path, kind, id: blob, ...(/^\d/.test(size) ? { size: Number(size) } : {}) });
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  // One of the two would hide the other.
  if (byPath.size < entries.length) throw new Error(`the tree of ${id} has two files with the same name`);
  return byPath;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * The listing with the bytes of names that are not UTF-8 escaped: a lenient decoder would make different names equal.
 */
function spelled(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .split("\0")
    .map((line) => {
      try {
        return decoder.decode(Buffer.from(line, "latin1"));
      } catch {
        return line.replaceAll(/[\x80-\xff]/g, (byte) => `\ufffd${byte.charCodeAt(0).toString(16)}`);
      }
    })
    .join("\0");
}
