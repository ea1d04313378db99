import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** Writes a generated file; with --verify only compares it with the one that is there, and exits with 1 where they differ. */
export function put(path, text) {
  const file = fileURLToPath(new URL(path, root));
  if (!process.argv.includes("--verify")) {
    writeFileSync(file, text);
    console.log(`${path} written`);
    return;
  }
  const same = readFileSync(file, "utf8").replaceAll("\r\n", "\n") === text;
  console.log(same ? `${path} is what is generated` : `${path} differs from what is generated`);
  process.exitCode = same ? 0 : 1;
}

/** A list as the formatter of the sources lays it out where it does not fit on one line. */
export const lines = (values, indent = "  ") => values.map((value) => `${indent}${JSON.stringify(value)},\n`).join("");
