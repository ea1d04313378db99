// References are read and written as files: the repositories are ours alone, and `git update-ref` would be a process each time.
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tryGit } from "./run.ts";

let written = 0;

/** The commit a full reference points at, loose or packed. */
export async function refSha(directory: string, ref: string): Promise<string | undefined> {
  const loose = await readFile(join(directory, ref), "utf8").catch(() => "");
  if (/^[0-9a-f]{40}\n/.test(loose)) return loose.trim();
  const packed = await readFile(join(directory, "packed-refs"), "utf8").catch(() => "");
  return packed
    .split("\n")
    .find((line) => line.endsWith(` ${ref}`))
    ?.slice(0, 40);
}

export async function setRef(directory: string, ref: string, sha: string): Promise<void> {
  const file = join(directory, ref);
  written += 1;
  const draft = join(directory, `simulator-ref-${written}`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(draft, `${sha}\n`);
  await rename(draft, file);
}

export async function deleteRef(directory: string, ref: string): Promise<void> {
  await rm(join(directory, ref), { force: true });
  if ((await refSha(directory, ref)) !== undefined) await tryGit(directory, ["update-ref", "-d", ref]);
}
