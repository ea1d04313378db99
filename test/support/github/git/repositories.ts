import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { git } from "./run.ts";

export async function createBare(directory: string, branch: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ["init", "--quiet", "--bare", `--initial-branch=${branch}`]);
}

export async function cloneBare(from: string, directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await git(dirname(directory), ["clone", "--quiet", "--bare", from, directory]);
}
