// Compiles the profiles that most people begin with, so that their first check does not have to. Expects a built checkout:
// `node scripts/precompile.mjs [DIR]`.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const profiles = ["@portcullis/library", "@portcullis/pss-baseline", "@portcullis/pss-restricted"];

/** Writes each profile, compiled, to a directory that the command line reads beside the toolchain. */
export async function precompile(to) {
  const built = (path) => import(pathToFileURL(join(root, "dist/src", path)).href);
  const [{ policySources }, { compileSources }, { createToolchain }, { libraryTree }, { memoryTree }] =
    await Promise.all(
      [
        "config/policy-sources.js",
        "rego/compile-sources.js",
        "rego/toolchain/toolchain.js",
        "tree/library-tree.js",
        "tree/memory-tree.js",
      ].map(built),
    );
  const cacheDir = mkdtempSync(join(tmpdir(), "portcullis-precompile-"));
  const toolchain = createToolchain({ cacheDir });
  try {
    for (const name of profiles) {
      const selection = { policies: [name], data: [] };
      const { sources, problems } = await policySources(memoryTree({}), selection, undefined, libraryTree(root));
      const compiled = await compileSources(sources, toolchain);
      const wrong = [...problems, ...compiled.problems][0];
      if (wrong !== undefined) throw new Error(`${name}: ${wrong.message}`);
    }
    cpSync(join(cacheDir, "compiled"), to, { recursive: true });
  } finally {
    toolchain.close();
    rmSync(cacheDir, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await precompile(resolve(process.argv[2] ?? join(root, "toolchain/dist/compiled")));
