import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * One digest over everything of ours that the artifact is built from, so that sources and artifact cannot drift apart
 * unseen: the shim and what its go.mod takes from a directory beside it.
 */
export function sourceDigest(shim) {
  const hash = createHash("sha256");
  for (const directory of [shim, ...besides(shim)]) addSources(hash, directory);
  return hash.digest("hex");
}

function besides(shim) {
  const replaced = readFileSync(join(shim, "go.mod"), "utf8").matchAll(/=>\s*(\.\.\/\S+)/g);
  return [...new Set([...replaced].map(([, path]) => join(shim, path)))].sort();
}

function addSources(hash, shim) {
  const files = readdirSync(shim, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.go$|^go\.(mod|sum)$|^edits\.json$/.test(entry.name) && !entry.name.endsWith("_test.go"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => ({ path, name: path.slice(shim.length + 1).replaceAll("\\", "/") }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { path, name } of files) {
    // Git may check text out with other line ends.
    const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
    hash.update(`${name}\0${Buffer.byteLength(text)}\0${text}`);
  }
}
