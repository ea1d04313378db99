import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { goProgram } from "../support/go-program.ts";

/** What `kustomize build` says of a root. */
export type NativeBuild =
  | { readonly kind: "built"; readonly yaml: string }
  | { readonly kind: "refused"; readonly message: string };

export interface NativeKustomize {
  build(root: string): NativeBuild;
  /** The same of what servers of this process have. */
  buildFromServers(root: string, environment: { readonly [name: string]: string }): Promise<NativeBuild>;
  /** Milliseconds for building all roots in one process, round by round. */
  rounds(count: number, roots: readonly string[]): readonly number[];
}

/** Nothing but this machine is asked here either: a proxy that nobody listens at. */
const proxies = { HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
const thisMachine = { PATH: process.env["PATH"], ...proxies };

/** Native Kustomize of the version that ships; undefined, said on stderr, where there is no Go. */
export async function nativeKustomize(): Promise<NativeKustomize | undefined> {
  const module = { sources: "toolchain/kustomize-oracle", tests: "the comparisons with native Kustomize" };
  const command = await goProgram({ ...module, name: "kustomize", target: "sigs.k8s.io/kustomize/kustomize/v5" });
  const loop = command === undefined ? undefined : await goProgram({ ...module, name: "kustomize-loop" });
  if (command === undefined || loop === undefined) return undefined;
  return {
    build(root) {
      const { status, stdout, stderr } = spawnSync(command, ["build", root], {
        encoding: "utf8",
        env: thisMachine,
        maxBuffer: 2 ** 30,
      });
      return status === 0 ? { kind: "built", yaml: stdout } : { kind: "refused", message: stderr };
    },
    buildFromServers: (root, environment) =>
      new Promise((resolve) => {
        const env = { ...thisMachine, ...environment };
        execFile(command, ["build", root], { env, maxBuffer: 2 ** 30 }, (error, stdout, stderr) => {
          resolve(error === null ? { kind: "built", yaml: stdout } : { kind: "refused", message: stderr });
        });
      }),
    rounds(count, roots) {
      const { stdout } = spawnSync(loop, [String(count), ...roots], { encoding: "utf8" });
      return stdout.trim().split("\n").map(Number);
    },
  };
}

/** Writes files below a new directory, does something with it, and deletes it. */
export function onDisk<T>(files: { readonly [path: string]: string }, use: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-tree-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
