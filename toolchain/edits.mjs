import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** The key of edits.json under which Go's own packages are changed. */
const standardLibrary = "std";

/**
 * The directory to build a shim in, and what the build is told besides. Where its edits.json changes modules of others, that
 * is a copy below `scratch` that has these as vendored modules with the changes made: files removed,
 * directories replaced by stubs of ours, files of ours beside theirs, and texts in their files replaced by others. Go's own
 * files are replaced for the build alone. Throws where a file is not there, or a text not exactly once: a new version is to
 * be looked at.
 */
export function withEdits(shim, scratch, go) {
  let edits;
  try {
    edits = JSON.parse(readFileSync(join(shim, "edits.json"), "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return { directory: shim, flags: [] };
    throw error;
  }
  const { [standardLibrary]: std, ...modules } = edits;
  return {
    directory: Object.keys(modules).length === 0 ? shim : vendored(shim, modules, scratch, go),
    flags: std === undefined ? [] : [`-overlay=${overlay(std, join(scratch, "std", basename(shim)), go(shim, "env", "GOROOT").trim())}`],
  };
}

function vendored(shim, modules, scratch, go) {
  const copy = join(scratch, "edited", basename(shim));
  for (const name of [basename(shim), "reactor"]) {
    cpSync(join(dirname(shim), name), join(dirname(copy), name), { recursive: true });
  }
  go(copy, "mod", "vendor");
  for (const [module, { stub = {}, remove = [], add = {}, edit = {} }] of Object.entries(modules)) {
    const directory = join(copy, "vendor", module);
    for (const file of remove) rmSync(join(directory, file));
    for (const [one, ours] of Object.entries(stub)) {
      rmSync(join(directory, one), { recursive: true });
      cpSync(join(shim, ours), join(directory, one), { recursive: true });
    }
    for (const [file, ours] of Object.entries(add)) cpSync(join(shim, ours), join(directory, file));
    for (const [file, changes] of Object.entries(edit)) {
      const path = join(directory, file);
      writeFileSync(path, changed(readFileSync(path, "utf8"), changes, `${module}/${file}`));
    }
  }
  return copy;
}

/** Writes the changed files of Go and the list that tells the build to read them instead; returns its path. */
function overlay({ edit }, directory, goRoot) {
  mkdirSync(directory, { recursive: true });
  const replaced = {};
  for (const [file, changes] of Object.entries(edit)) {
    const path = join(goRoot, "src", file);
    replaced[path] = join(directory, file.replaceAll("/", "-"));
    writeFileSync(replaced[path], changed(readFileSync(path, "utf8"), changes, file));
  }
  const list = join(directory, "overlay.json");
  writeFileSync(list, JSON.stringify({ Replace: replaced }));
  return list;
}

function changed(text, changes, file) {
  return changes.reduce((before, [from, to]) => {
    const parts = before.split(from);
    if (parts.length !== 2) throw new Error(`${file}: expected once, found ${parts.length - 1} times: ${from}`);
    return parts.join(to);
  }, text);
}
