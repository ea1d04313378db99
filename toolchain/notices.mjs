import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const licenceFile = /^(licen[cs]e|notice|copying|copyright|patents)([.-].*)?$/i;

/** The directories from a module's root down to its linked packages: code taken in from elsewhere has its licence there. */
function directories({ dir, packages }) {
  const found = new Set([dir]);
  for (const one of packages) for (let at = one; at.startsWith(dir); at = dirname(at)) found.add(at);
  return [...found].sort();
}

/** OPA's own runtime, which the compiler puts into every policy module, is C and C++ with sources in OPA's module. */
const runtimeSources = ["wasm/src/libmpdec/mpdecimal.h", "wasm/src/re2/re2.h", "wasm/src/re2/util/utf.h"];

function runtimeNotices(dir) {
  return runtimeSources
    .filter((file) => existsSync(join(dir, file)))
    .map((file) => [`OPA's WebAssembly runtime: ${file}`, leadingComment(readFileSync(join(dir, file), "utf8"))]);
}

function leadingComment(text) {
  const block = /^\s*\/\*[\s\S]*?\*\//.exec(text);
  return (block ? block[0] : text.slice(0, text.search(/^(?!\/\/)/m))).trim();
}

/** The text of every licence and notice file of what is linked into the artifact `name`; a module without one is an error. */
export function notices(name, modules) {
  const parts = [`Software contained in toolchain/dist/${name}/${name}.wasm.br, with its licences and notices.\n`];
  const part = (title, text) => {
    parts.push(`${"=".repeat(100)}\n${title}\n${"-".repeat(100)}\n${text.replaceAll("\r\n", "\n").trimEnd()}\n`);
  };
  for (const one of modules) {
    const { path, version, dir } = one;
    const files = directories(one).flatMap((at) =>
      readdirSync(at, { withFileTypes: true })
        .filter((entry) => entry.isFile() && licenceFile.test(entry.name))
        .map((entry) => relative(dir, join(at, entry.name)))
        .sort(),
    );
    if (files.length === 0) throw new Error(`${path} ${version} has no licence file`);
    for (const file of files) part(`${path} ${version}: ${file}`, readFileSync(join(dir, file), "utf8"));
    for (const [title, text] of runtimeNotices(dir)) part(title, text);
  }
  return parts.join("\n");
}
