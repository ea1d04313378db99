import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { git } from "./run.ts";

const SETTINGS = [
  ["uploadpack.allowFilter", "true"],
  ["uploadpack.allowAnySHA1InWant", "true"],
  ["http.receivepack", "true"],
  ["receive.advertisePushOptions", "true"],
  ["transfer.hideRefs", "refs/simulator"],
  ["gc.auto", "0"],
  ["core.logAllRefUpdates", "false"],
] as const;

async function configure(directory: string): Promise<void> {
  for (const [key, value] of SETTINGS) await git(directory, ["config", key, value]);
}

export async function createBare(directory: string, branch: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await git(directory, ["init", "--quiet", "--bare", `--initial-branch=${branch}`]);
  await configure(directory);
}

export async function cloneBare(from: string, directory: string): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await git(dirname(directory), ["clone", "--quiet", "--bare", from, directory]);
  await configure(directory);
}
