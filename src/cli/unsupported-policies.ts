import type { Tree } from "../model/tree.ts";
import { isUnder } from "./paths.ts";
import { UsageError } from "./usage-error.ts";

const TEMPLATE = /^(apiVersion|"apiVersion"): *["']?(templates|constraints)\.gatekeeper\.sh\//m;

/**
 * Throws for paths of `--policy` in formats that cannot be read yet: ignoring a policy would let through what it
 * forbids.
 */
export async function refuseUnsupported(tree: Tree, named: readonly string[]): Promise<void> {
  for (const path of named) {
    if (/\.(tar\.gz|tgz)$/.test(path)) throw new UsageError(`--policy ${path}: OPA bundles are not supported yet`);
  }
  const candidates = (await tree.list())
    .filter(({ kind, path }) => kind === "file" && /\.ya?ml$/.test(path) && !path.split("/").includes("fixtures"))
    .map(({ path }) => path)
    .filter((path) => isUnder(path, named));
  const decoder = new TextDecoder();
  for await (const { path, bytes } of tree.readAll(candidates)) {
    if (TEMPLATE.test(decoder.decode(bytes)))
      throw new UsageError(`--policy ${path}: Gatekeeper templates and constraints are not supported yet`);
  }
}
