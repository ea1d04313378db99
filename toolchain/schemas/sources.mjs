import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One digest over the scripts that make the bundle, so that they and the bundle cannot drift apart unseen. */
export function scriptsDigest(directory) {
  const hash = createHash("sha256");
  const names = readdirSync(directory).filter((name) => name.endsWith(".mjs")).sort();
  // Git may check text out with other line ends.
  for (const name of names) hash.update(`${name}\0${readFileSync(join(directory, name), "utf8").replaceAll("\r\n", "\n")}\0`);
  return hash.digest("hex");
}
