// Compiles TypeScript to dist/ and bundles the command line. Only what changed is compiled; no output of a deleted source
// survives. `--clean` starts from nothing.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
const dist = join(root, "dist");
const buildInfo = join(dist, ".tsbuildinfo");
/** Files that the bundles replace, as they were compiled: the next build compiles only what changed. */
const compiled = join(dist, ".compiled");
const replaced = ["cli/main.js", "rego/evaluation.worker.js", "engine/judging.worker.js"];

if (process.argv.includes("--clean") || !existsSync(buildInfo) || !existsSync(compiled)) {
  rmSync(dist, { recursive: true, force: true });
} else {
  for (const path of replaced) copyFileSync(join(compiled, basename(path)), join(dist, "src", path));
}
const incremental = ["--incremental", "--tsBuildInfoFile", buildInfo];
const { status } = spawnSync(process.execPath, [tsc, "-p", root, ...incremental], { stdio: "inherit" });
for (const directory of ["src", "test", "bench"]) removeOrphans(directory);
const entries = ["main.js", "main.cjs"].map((name) => join(dist, "src/cli", name));
if (!existsSync(join(dist, "src/cli/launch.js"))) process.exit(status ?? 1);
mkdirSync(compiled, { recursive: true });
for (const path of replaced) copyFileSync(join(dist, "src", path), join(compiled, basename(path)));
await bundle(root);
for (const entry of entries) chmodSync(entry, 0o755);
process.exit(status ?? 1);

/** Removes the outputs below a directory of dist/ that have no source any more. */
function removeOrphans(directory) {
  if (!existsSync(join(dist, directory))) return;
  for (const entry of readdirSync(join(dist, directory), { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (existsSync(join(root, path))) removeOrphans(path);
      else rmSync(join(dist, path), { recursive: true });
    } else if (/\.js(\.map)?$/.test(entry.name) && !existsSync(join(root, path.replace(/\.js(\.map)?$/, ".ts")))) {
      rmSync(join(dist, path));
    }
  }
}
