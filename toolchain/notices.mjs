import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const licenceFile = /^(licen[cs]e|notice|copying|copyright|patents)([.-].*)?$/i;

/** The text of every licence and notice file at the root of the linked modules; a module without one is an error. */
export function notices(modules) {
  const parts = ["Software contained in toolchain/dist/opa.wasm.br, with its licences and notices.\n"];
  for (const { path, version, dir } of modules) {
    const files = readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isFile() && licenceFile.test(entry.name))
      .map((entry) => entry.name)
      .sort();
    if (files.length === 0) throw new Error(`${path} ${version} has no licence file`);
    for (const file of files) {
      const text = readFileSync(join(dir, file), "utf8").replaceAll("\r\n", "\n").trimEnd();
      parts.push(`${"=".repeat(100)}\n${path} ${version}: ${file}\n${"-".repeat(100)}\n${text}\n`);
    }
  }
  return parts.join("\n");
}
