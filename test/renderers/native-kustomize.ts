import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const sources = "toolchain/kustomize-oracle";

/** What `kustomize build` says of a root. */
export type NativeBuild =
  | { readonly kind: "built"; readonly yaml: string }
  | { readonly kind: "refused"; readonly message: string };

export interface NativeKustomize {
  build(root: string): NativeBuild;
  /** Milliseconds for building all roots in one process, round by round. */
  rounds(count: number, roots: readonly string[]): readonly number[];
}

/** Native Kustomize of the version that ships, built with Go; undefined, said on stderr, where there is no Go. */
export function nativeKustomize(): NativeKustomize | undefined {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(sources, name)));
  const folder = join(tmpdir(), `portcullis-kustomize-${hash.digest("hex").slice(0, 16)}`);
  mkdirSync(folder, { recursive: true });
  const command = built(folder, "kustomize", "sigs.k8s.io/kustomize/kustomize/v5");
  const loop = command === undefined ? undefined : built(folder, "loop", ".");
  if (command === undefined || loop === undefined) return undefined;
  return {
    build(root) {
      // Nothing is fetched here either: a proxy that nobody listens at.
      const env = { PATH: process.env["PATH"], HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
      const { status, stdout, stderr } = spawnSync(command, ["build", root], {
        encoding: "utf8",
        env,
        maxBuffer: 2 ** 30,
      });
      return status === 0 ? { kind: "built", yaml: stdout } : { kind: "refused", message: stderr };
    },
    rounds(count, roots) {
      const { stdout } = spawnSync(loop, [String(count), ...roots], { encoding: "utf8" });
      return stdout.trim().split("\n").map(Number);
    },
  };
}

function built(folder: string, name: string, what: string): string | undefined {
  const binary = join(folder, name);
  if (existsSync(binary)) return binary;
  const draft = `${binary}-${process.pid}`;
  const options = { cwd: sources, env: { ...process.env, GOFLAGS: "" } };
  const { status, stderr, error } = spawnSync("go", ["build", "-trimpath", "-o", draft, what], options);
  if (status !== 0) {
    const why = error === undefined ? String(stderr) : error.message;
    process.stderr.write(`SKIPPED: the comparison with native Kustomize needs Go and its modules (${why.trim()})\n`);
    return undefined;
  }
  renameSync(draft, binary);
  return binary;
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
