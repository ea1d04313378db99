// What GitHub shows of a pull request: the difference between the merge base and the head, with three lines of context.
import { git } from "./git/run.ts";
import type { Repository, World } from "./state.ts";
import type { JsonObject } from "./json.ts";
import { htmlUrl, repositoryUrl } from "./shapes/repository.ts";

export interface DiffFile {
  readonly path: string;
  readonly previous?: string;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly blob: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
}

interface RawFile {
  readonly status: DiffFile["status"];
  readonly path: string;
  readonly previous?: string;
  readonly blob: string;
}

const STATUS: Readonly<Record<string, DiffFile["status"]>> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

function parseRaw(text: string): RawFile[] {
  const parts = text.split("\0");
  const files: RawFile[] = [];
  for (let index = 0; index < parts.length;) {
    const head = parts[index] ?? "";
    if (!head.startsWith(":")) break;
    const [, , before = "", after = "", letter = "M"] = head.split(" ");
    const status = STATUS[letter.charAt(0)] ?? "changed";
    const first = parts[index + 1] ?? "";
    const blob = status === "removed" ? before : after;
    if (status === "renamed") {
      files.push({ status, previous: first, path: parts[index + 2] ?? "", blob });
      index += 3;
    } else {
      files.push({ status, path: first, blob });
      index += 2;
    }
  }
  return files;
}

/** The files of `base...head` (three dots: from their merge base). */
export async function diffFiles(repository: Repository, base: string, head: string): Promise<DiffFile[]> {
  const flags = ["--no-color", "--no-ext-diff", "-M", "--full-index", "--abbrev=40"];
  const range = `${base}...${head}`;
  const [raw, text] = await Promise.all([
    git(repository.directory, ["diff", ...flags, "--raw", "-z", range]),
    git(repository.directory, ["diff", ...flags, "-U3", range]),
  ]);
  const patches = text.split(/^diff --git .*$/m).slice(1);
  return parseRaw(raw).map((file, index) => {
    const whole = patches[index] ?? "";
    const start = whole.search(/^@@ /m);
    const patch = start < 0 ? undefined : whole.slice(start).replace(/\n$/, "");
    const lines = patch?.split("\n") ?? [];
    const additions = lines.filter((line) => line.startsWith("+")).length;
    const deletions = lines.filter((line) => line.startsWith("-")).length;
    return { ...file, additions, deletions, ...(patch !== undefined && { patch }) };
  });
}

/** The line of a later commit that a line of a file has become; nothing where it was changed or removed. */
export async function lineLater(
  repository: Repository,
  {
    path,
    line,
    from,
    to,
  }: { readonly path: string; readonly line: number; readonly from: string; readonly to: string },
): Promise<number | undefined> {
  const text = await git(repository.directory, [
    "diff",
    "--no-color",
    "--no-ext-diff",
    "-M",
    "-U0",
    from,
    to,
    "--",
    path,
  ]);
  if (/^deleted file mode/m.test(text)) return undefined;
  let shift = 0;
  for (const [, start = "", removed = "1", , added = "1"] of text.matchAll(
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm,
  )) {
    // Of an insertion, Git names the line before it.
    const first = Number(removed) === 0 ? Number(start) + 1 : Number(start);
    if (line < first) break;
    if (line < first + Number(removed)) return undefined;
    shift += Number(added) - Number(removed);
  }
  return line + shift;
}

export function diffEntryShape(world: World, repository: Repository, head: string, file: DiffFile): JsonObject {
  const path = encodeURI(file.path);
  return {
    sha: file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${htmlUrl(world, repository)}/blob/${head}/${path}`,
    raw_url: `${htmlUrl(world, repository)}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch !== undefined && { patch: file.patch }),
    ...(file.previous !== undefined && { previous_filename: file.previous }),
  };
}

export interface DiffPlace {
  /** GitHub's `position`: lines below the first @@ of the file. */
  readonly position: number;
  readonly hunk: string;
  /** Index of the hunk, for comments over several lines. */
  readonly number: number;
}

/** Where a line of one side stands in a patch; nothing when it is in no hunk. */
export function findLine(patch: string, line: number, side: "LEFT" | "RIGHT"): DiffPlace | undefined {
  let [left, right, position, number, hunk] = [0, 0, -1, -1, [] as string[]];
  for (const text of patch.split("\n")) {
    position += 1;
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      [left, right, hunk] = [Number(header[1]), Number(header[2]), [text]];
      number += 1;
      continue;
    }
    hunk.push(text);
    const isLeft = text.startsWith("-") || text.startsWith(" ");
    const isRight = text.startsWith("+") || text.startsWith(" ");
    if ((side === "LEFT" && isLeft && left === line) || (side === "RIGHT" && isRight && right === line)) {
      return { position, hunk: hunk.join("\n"), number };
    }
    if (isLeft) left += 1;
    if (isRight) right += 1;
  }
  return undefined;
}
