import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * The directory to build a shim in: its own, or where its edits.json changes modules of others a copy below `scratch` that
 * has these as vendored modules with the changes made: files of ours beside theirs, and texts in their files replaced by
 * others. Throws where a text is not there exactly once: a new version of the module is to be looked at.
 */
export function withEdits(shim, scratch, go) {
  let edits;
  try {
    edits = JSON.parse(readFileSync(join(shim, "edits.json"), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return shim;
    throw error;
  }
  const copy = join(scratch, "edited", basename(shim));
  for (const name of [basename(shim), "reactor"]) {
    cpSync(join(dirname(shim), name), join(dirname(copy), name), { recursive: true });
  }
  go(copy, "mod", "vendor");
  for (const [module, { add = {}, edit = {} }] of Object.entries(edits)) {
    const directory = join(copy, "vendor", module);
    for (const [file, ours] of Object.entries(add)) cpSync(join(shim, ours), join(directory, file));
    for (const [file, changes] of Object.entries(edit)) {
      const path = join(directory, file);
      writeFileSync(path, changed(readFileSync(path, "utf8"), changes, `${module}/${file}`));
    }
  }
  return copy;
}

function changed(text, changes, file) {
  return changes.reduce((before, [from, to]) => {
    const parts = before.split(from);
    if (parts.length !== 2) throw new Error(`${file}: expected once, found ${parts.length - 1} times: ${from}`);
    return parts.join(to);
  }, text);
}
