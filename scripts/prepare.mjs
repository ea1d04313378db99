// `npm ci` builds. Where only production dependencies are installed there is no compiler: dist/ came along or is copied
// here later, as in a container image whose build stage made it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const installed = (name) => existsSync(join(root, "node_modules", name, "package.json"));
const built = existsSync(join(root, "dist/src/cli/main.js"));

if (!installed("typescript") || !installed("esbuild")) {
  if (!built)
    console.error(
      "portcullis: nothing is built, because development dependencies are missing. Copy dist/ here, or run `npm ci`.",
    );
  process.exit(0);
}
// The first `npx portcullis` in a checkout runs this too. Building again would delete dist/ while it runs,
// and npm never recovers from a prepare that failed there.
if (process.env["npm_command"] === "exec" && built) process.exit(0);
const { status } = spawnSync(process.execPath, [join(root, "scripts/build.mjs")], { stdio: "inherit" });
process.exit(status ?? 1);
