// Joins what the command line is made of into one file, and each of its threads into another: most of the time of a short run
// would go into loading modules. Server and toolchain stay as they are.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

/** Defines `require` in a module that CommonJS packages were joined into. */
export const requireInModules =
  'import { createRequire as requireOf } from "node:module"; const bundleUrl = import.meta.url, require = requireOf(bundleUrl);';

/** Replaces the built entry points below `root`/dist/src by bundles that do the same. */
export async function bundle(root) {
  const src = join(root, "dist/src");
  const launch = join(src, "cli/launch.js");
  const shared = { bundle: true, platform: "node", target: "node20.19", legalComments: "inline", write: false };
  const packages = new Set();
  const [command] = await outputs({
    ...shared,
    entryPoints: [join(src, "cli/process.js")],
    format: "cjs",
    banner: { js: 'const bundleUrl = require("node:url").pathToFileURL(__filename).href;' },
    plugins: [thinned(join(src, "cli"))],
  });
  const [launcher] = await outputs({
    ...shared,
    entryPoints: [launch],
    format: "cjs",
    define: { "import.meta.dirname": "__dirname" },
    plugins: [launches(launch)],
  });
  writeFileSync(join(src, "cli/main.cjs"), launcher);
  writeFileSync(join(src, "cli/main.js"), '#!/usr/bin/env node\nimport "./main.cjs";\n');
  const threads = [];
  for (const path of ["rego/evaluation.worker.js", "engine/judging.worker.js"]) {
    const [thread] = await outputs({
      ...shared,
      entryPoints: [join(src, path)],
      format: "esm",
      banner: { js: requireInModules },
      plugins: [thinned(dirname(join(src, path)))],
    });
    threads.push(thread);
    writeFileSync(join(src, path), thread);
  }
  // What is cached is cached for one build: all files decide what a manifest is judged to be.
  const digest = createHash("sha256").update(command).update(threads.join("")).digest("hex");
  const wrapped = `(function (module, require, __filename, importOutside) {${command}\n})`;
  writeFileSync(join(src, "cli/portcullis.cjs"), `// ${digest}\n${wrapped}`);
  writeFileSync(join(root, "dist/bundled-packages.json"), `${JSON.stringify([...packages].toSorted(byCode))}\n`);

  async function outputs(options) {
    const { outputFiles, metafile } = await build({ ...options, metafile: true });
    for (const name of packagesOf(metafile)) packages.add(name);
    return outputFiles.map(({ text }) => text);
  }
}

/** The order of strings that no locale changes. */
export const byCode = (one, other) => (one < other ? -1 : 1);

/** The directories below node_modules of the packages that esbuild joined. */
export function packagesOf({ inputs }) {
  const directories = Object.keys(inputs).flatMap(
    (path) => /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0].replaceAll("\\", "/") ?? [],
  );
  return [...new Set(directories)];
}

/** Packages without a file of their licence, and one of the same repository that has it. */
const sameLicence = { "@sigstore/verify": "@sigstore/bundle" };

/** The licences and notices of packages, given as directories below `root`. Throws for a package without a licence. */
export function noticesOf(root, directories) {
  const texts = [...directories].toSorted(byCode).map((directory) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, directory, "package.json"), "utf8"));
    const held = name in sameLicence ? join("node_modules", sameLicence[name]) : directory;
    const files = readdirSync(join(root, held)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    if (files.length === 0) throw new Error(`${directory} has no licence file`);
    const parts = files.toSorted().map((file) => readFileSync(join(root, held, file), "utf8").trim());
    return [`${name} ${version} (${license})`, ...parts].join("\n\n");
  });
  const line = "-".repeat(72);
  return `The files below dist/ contain code of these packages.\n\n${line}\n${texts.join(`\n\n${line}\n`)}\n`;
}

/** Leaves dynamic imports to Node.js, and waits for nothing at the top, which CommonJS cannot. */
function launches(launch) {
  return {
    name: "launches",
    setup: (plugin) => {
      plugin.onLoad({ filter: /[\\/]launch\.js$/ }, () => ({
        contents: replaced(readFileSync(launch, "utf8"), "\nawait start(", "\nvoid start("),
      }));
      plugin.onResolve({ filter: /./ }, ({ path, kind }) =>
        kind === "dynamic-import" ? { path, external: true } : undefined,
      );
    },
  };
}

/** Keeps `import.meta.url` what it was in each file, and leaves out what is loaded and never used. */
export function thinned(to) {
  return {
    name: "thinned",
    setup: (plugin) => {
      plugin.onLoad({ filter: /[\\/]dist[\\/]src[\\/].*\.js$/ }, ({ path }) => ({
        contents: ownSource(readFileSync(path, "utf8"), relative(to, path).split(sep).join("/")),
      }));
      // Our host functions stand in for the package's own, which would load a YAML parser.
      plugin.onLoad({ filter: /opa-wasm[\\/]src[\\/]builtins[\\/]index\.js$/ }, () => ({
        contents: "module.exports = {};",
      }));
      // Loaded for subcommands that are programs of their own, which there are none of.
      plugin.onLoad({ filter: /commander[\\/]lib[\\/]command\.js$/ }, ({ path }) => ({
        contents: replaced(readFileSync(path, "utf8"), "require('node:child_process')", "undefined"),
      }));
    },
  };

  function ownSource(text, path) {
    // What speaks to GitHub and to other servers is far larger than the rest, rarely used, and stays in its modules. They
    // are imported from a directory beside the command's.
    const outside = text.replaceAll(
      /import\("(\.\/(?:audit|compliance-history|serve|doctor|setup|verify)-command\.js|\.\.\/remote\/[\w/-]+\.js)"\)/g,
      'importOutside("$1")',
    );
    const required = outside.replaceAll(/createRequire\(import\.meta\.url\)\("([^."][^"]*)"\)/g, 'require("$1")');
    return required.replaceAll("import.meta.url", `new URL(${JSON.stringify(path)}, bundleUrl).href`);
  }
}

function replaced(text, from, to) {
  if (!text.includes(from)) throw new Error(`expected ${from} in what is bundled`);
  return text.replace(from, to);
}
