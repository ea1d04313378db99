// `npm ci` builds. Where only production dependencies are installed there is no compiler, and dist/ must have come along.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const compilerInstalled = existsSync(join(root, "node_modules/typescript/package.json"));
const built = existsSync(join(root, "dist/src/cli/main.js"));

if (!compilerInstalled && built) process.exit(0);
// The first `npx portcullis` in a checkout runs this too. Building again would pull dist/ from under whoever runs it,
// and npm never recovers from a prepare that failed there.
if (process.env["npm_command"] === "exec" && built) process.exit(0);
if (!compilerInstalled) {
  console.error(
    "portcullis: dist/ is missing and TypeScript is not installed; run `npm ci` with development dependencies once.",
  );
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
process.exit(status ?? 1);
