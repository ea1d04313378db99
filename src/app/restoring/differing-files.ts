import type { Mirror } from "../mirror/mirror.ts";

/** How the files that a change touches relate to a state: after the change all of them are as in it, some, or none. */
export type Likeness = "all" | "some" | "none";

/** A file that two trees do not have alike, with the ids of its contents; zeros where a tree does not have it. */
interface DifferingFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What the trees of a change are compared with: a commit or tree before, and the tree that it leads to. */
export interface ChangedTrees {
  readonly before: string;
  readonly after: string;
}

/**
 * Tells by Git alone how the files that a change touches relate to the trees of states, which must all be in the mirror: one
 * comparison of trees for each, and no content is read. A file that only has another name counts as like the one it was.
 */
export async function likenesses(
  mirror: Pick<Mirror, "read">,
  { before, after }: ChangedTrees,
  trees: readonly string[],
): Promise<ReadonlyMap<string, Likeness>> {
  const [touched = []] = parse(await mirror.read([...DIFF, before, after])).map(({ files }) => files);
  if (touched.length === 0 || trees.length === 0) return new Map(trees.map((tree) => [tree, "none"]));
  const input = trees.map((tree) => `${tree} ${after}\n`).join("");
  const contents = new Set(touched.map((file) => file.after).filter((id) => !isAbsent(id)));
  const differing = new Map(
    parse(await mirror.read([...DIFF, "--stdin"], input)).map(({ tree, files }) => [tree, files]),
  );
  return new Map(
    trees.map((tree) => {
      const files = differing.get(tree) ?? [];
      const others = new Set(files.map(({ path }) => path));
      const alike = touched.filter(({ path }) => !others.has(path)).length;
      if (alike === touched.length) return [tree, "all"];
      return [tree, alike > 0 || files.some((file) => contents.has(file.before)) ? "some" : "none"];
    }),
  );
}

const DIFF = ["diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", "-z"];

function isAbsent(id: string): boolean {
  return /^0+$/.test(id);
}

/** Reads what `git diff-tree -z` prints: with `--stdin` a line with two trees comes before what differs in them. */
function parse(text: string): readonly { readonly tree: string; readonly files: readonly DifferingFile[] }[] {
  const parts: { readonly tree: string; readonly files: DifferingFile[] }[] = [];
  const header = /([0-9a-f]+) [0-9a-f]+\n/y;
  const entry = /:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*\0([^\0]*)\0/y;
  for (let at = 0; at < text.length;) {
    header.lastIndex = at;
    const [line, tree = ""] = header.exec(text) ?? [];
    if (line !== undefined) {
      parts.push({ tree, files: [] });
      at += line.length;
      continue;
    }
    entry.lastIndex = at;
    const [whole, before = "", after = "", path = ""] = entry.exec(text) ?? [];
    if (whole === undefined) throw new Error("git diff-tree printed what is no difference");
    if (parts.length === 0) parts.push({ tree: "", files: [] });
    parts.at(-1)?.files.push({ path, before, after });
    at += whole.length;
  }
  return parts;
}
