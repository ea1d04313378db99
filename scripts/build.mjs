// Compiles TypeScript to dist/ from scratch, so that no output of a deleted source survives in what ships, and bundles
// the command line.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

rmSync(join(root, "dist"), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [tsc, "-p", root], { stdio: "inherit" });
const entries = ["main.js", "main.cjs"].map((name) => join(root, "dist/src/cli", name));
if (!existsSync(join(root, "dist/src/cli/launch.js"))) process.exit(status ?? 1);
await bundle(root);
for (const entry of entries) chmodSync(entry, 0o755);
process.exit(status ?? 1);
