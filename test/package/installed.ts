import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { makeOnce } from "../support/make-once.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import type { Ran } from "../cli/run-portcullis.ts";

export const root = join(import.meta.dirname, "../../..");

/** The tarball of the command line, packed from this checkout once in a run of the tests. */
export async function packedTarball(): Promise<string> {
  const directory = await makeOnce(join(TEST_CACHE, "package/packed"), (draft) => {
    const laidOut = `${draft}/laid-out`;
    succeed(process.execPath, [join(root, "scripts/package.mjs"), laidOut], root);
    npm(["pack", laidOut, "--pack-destination", draft], root);
  });
  const tarball = readdirSync(directory).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${directory}`);
  return join(directory, tarball);
}

/** A directory in which nothing but the tarball is installed, without a registry. */
export async function installedPackage(): Promise<string> {
  const tarball = await packedTarball();
  return makeOnce(join(TEST_CACHE, "package/installed"), (draft) => {
    mkdirSync(draft, { recursive: true });
    writeFileSync(join(draft, "package.json"), '{ "private": true }\n');
    npm(["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund", tarball], draft);
  });
}

/** The directory of the package that is installed below `directory`. */
export const packageIn = (directory: string): string => join(directory, "node_modules/@portcullis-gate/cli");

/** Runs the installed command with Node.js and Git in its PATH, an empty home directory, and nothing else. */
export async function installedPortcullis(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const command = join(await installedPackage(), "node_modules/.bin/portcullis");
  const child = spawn(command, args, {
    cwd,
    shell: process.platform === "win32",
    env: {
      PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
      HOME: mkdtempSync(join(tmpdir(), "portcullis-home-")),
      PORTCULLIS_CACHE_DIR: join(TEST_CACHE, "package/cache"),
      ...env,
    },
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code, out, err }));
  });
}

function npm(args: readonly string[], cwd: string): void {
  succeed("npm", args, cwd);
}

function succeed(command: string, args: readonly string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}

export interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: object;
  readonly scripts?: object;
  readonly bin: { readonly portcullis: string };
}

export function readManifest(directory: string): PackageManifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as PackageManifest;
}
