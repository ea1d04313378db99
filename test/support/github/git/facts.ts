// What never changes for a commit or a pair of commits is asked of Git once: a process for every question would be most of the server's time.
import { git, tryGit } from "./run.ts";

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  readonly authoredAt: string;
  readonly committer: { readonly name: string; readonly email: string };
  readonly committedAt: string;
  readonly message: string;
}

export interface PairFacts {
  readonly additions: number;
  readonly deletions: number;
  readonly files: number;
  readonly commits: number;
}

const known = new Map<string, Promise<unknown>>();

function once<Fact>(key: string, ask: () => Promise<Fact>): Promise<Fact> {
  let fact = known.get(key) as Promise<Fact> | undefined;
  if (fact === undefined) {
    fact = ask();
    known.set(key, fact);
    fact.catch(() => known.delete(key));
  }
  return fact;
}

export function commitFacts(directory: string, sha: string): Promise<CommitFacts> {
  return once(`commit ${sha}`, async () => {
    const format = "%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B";
    const text = await git(directory, ["show", "--no-patch", `--format=${format}`, sha]);
    const [
      tree = "",
      parents = "",
      an = "",
      ae = "",
      authoredAt = "",
      cn = "",
      ce = "",
      committedAt = "",
      message = "",
    ] = text.split("\0");
    return {
      sha,
      tree,
      parents: parents.split(" ").filter((parent) => parent !== ""),
      author: { name: an, email: ae },
      authoredAt,
      committer: { name: cn, email: ce },
      committedAt,
      message: message.trim(),
    };
  });
}

/** The size of `base...head`, and how many commits it holds. */
export function pairFacts(directory: string, base: string, head: string): Promise<PairFacts> {
  return once(`pair ${base} ${head}`, async () => {
    const [stats, commits] = await Promise.all([
      tryGit(directory, ["diff", "--numstat", `${base}...${head}`]),
      tryGit(directory, ["rev-list", "--count", `${base}..${head}`]),
    ]);
    const rows = stats.stdout.split("\n").filter((line) => line !== "");
    const sum = (column: number): number =>
      rows.reduce((total, row) => total + (Number.parseInt(row.split("\t")[column] ?? "", 10) || 0), 0);
    return {
      additions: sum(0),
      deletions: sum(1),
      files: rows.length,
      commits: Number.parseInt(commits.stdout, 10) || 0,
    };
  });
}

/** Paths that a push added, removed and modified, as the first letters of `--name-status`. */
export function changedPaths(
  directory: string,
  before: string | undefined,
  after: string,
): Promise<Readonly<Record<"A" | "D" | "M", readonly string[]>>> {
  return once(`paths ${before} ${after}`, async () => {
    const range = before === undefined ? ["--root", after] : [before, after];
    const { stdout } = await tryGit(directory, ["diff-tree", "-r", "--no-commit-id", "--name-status", "-z", ...range]);
    const parts = stdout.split("\0");
    const files: Record<"A" | "D" | "M", string[]> = { A: [], D: [], M: [] };
    for (let index = 0; index + 1 < parts.length; index += 2) {
      const letter = parts[index];
      files[letter === "A" || letter === "D" ? letter : "M"].push(parts[index + 1] ?? "");
    }
    return files;
  });
}
