// Makes the files of a release: `node scripts/release.mjs DIR`. They are the npm package of the command line, the software
// bill of materials of everything that package-lock.json installs for users, and SHA256SUMS. The same commit gives the same
// bytes, but for the bill's time and serial number.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { byCode } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")} ended with ${status}`);
  return stdout;
}

/** Refuses a tag that is not that of package.json's version. */
function checkTag(tag) {
  if (tag !== undefined && tag !== `v${version}`)
    throw new Error(`the tag is ${tag}: expected v${version}, the version of package.json`);
}

function main(to) {
  checkTag(process.env["RELEASE_TAG"]);
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  const laidOut = mkdtempSync(join(tmpdir(), "portcullis-release-"));
  run(process.execPath, [join(root, "scripts/package.mjs"), laidOut]);
  run("npm", ["pack", laidOut, "--pack-destination", to]);
  rmSync(laidOut, { recursive: true });
  const bill = run("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]);
  writeFileSync(join(to, `portcullis-${version}.cdx.json`), bill);
  const sums = readdirSync(to)
    .toSorted(byCode)
    .map(
      (name) =>
        `${createHash("sha256")
          .update(readFileSync(join(to, name)))
          .digest("hex")}  ${name}\n`,
    );
  writeFileSync(join(to, "SHA256SUMS"), sums.join(""));
}

main(resolve(process.argv[2] ?? join(root, "dist/release")));
