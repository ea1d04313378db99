// Lays out the npm package of the command line, which needs nothing but Node.js and Git: `node scripts/package.mjs [DIR]`,
// then `npm pack DIR`. All packages that it uses are bundled, and the server is left out.
import { build } from "esbuild";
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { precompile } from "./precompile.mjs";
import { byCode, noticesOf, packagesOf, requireInModules, thinned } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const src = join(root, "dist/src");

/** Writes the package to `to`, which is emptied first. Expects a built checkout. */
async function layOut(to) {
  const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const path of ["LICENSE", "NOTICE", "schema", "toolchain/dist", ...scripts()]) copy(path, to);
  await precompile(join(to, "toolchain/dist/compiled"));
  copy("policies", to, (path) => !/_test\.rego$|[\\/]fixtures$/.test(path));
  chmodSync(join(to, "dist/src/cli/main.cjs"), 0o755);
  const bundled = JSON.parse(readFileSync(join(root, "dist/bundled-packages.json"), "utf8"));
  const packages = new Set([...bundled, ...(await bundleRest(join(to, "dist/src")))]);
  writeFileSync(join(to, "THIRD_PARTY_NOTICES.txt"), noticesOf(root, packages));
  writeFileSync(join(to, "README.md"), withAbsoluteLinks(readFileSync(join(root, "README.md"), "utf8"), own));
  writeFileSync(join(to, "package.json"), `${JSON.stringify(manifestOf(own), null, 2)}\n`);
}

/** The commands that need the server, which the package does not have. */
const SERVER_COMMANDS = [
  "audit-command.js",
  "compliance-history-command.js",
  "doctor-command.js",
  "serve-command.js",
  "setup-command.js",
];

/** What `portcullis` is in package.json on a registry. */
function manifestOf({ version, description, keywords, homepage, bugs, license, author, repository, engines }) {
  return {
    name: "@portcullis-gate/cli",
    version,
    description,
    keywords: keywords.filter((word) => word !== "github-app"),
    homepage,
    bugs,
    license,
    author,
    repository,
    bin: { portcullis: "dist/src/cli/main.cjs" },
    type: "module",
    engines,
    publishConfig: { access: "public", provenance: true },
  };
}

/** What the build has bundled already: the command, and the threads that judge. */
function scripts() {
  return [
    "dist/src/cli/main.cjs",
    "dist/src/cli/portcullis.cjs",
    "dist/src/engine/judging.worker.js",
    "dist/src/rego/evaluation.worker.js",
  ];
}

/** Bundles everything else that the command loads. Returns the names of the packages in it. */
async function bundleRest(to) {
  const shared = {
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    legalComments: "inline",
    banner: { js: requireInModules },
    metafile: true,
    absWorkingDir: root,
  };
  const modules = await build({
    ...shared,
    entryPoints: modulesOutside().map((path) => ({
      in: SERVER_COMMANDS.includes(basename(path)) ? join(src, "cli/no-server.js") : path,
      out: relative(src, path).replace(/\.js$/, ""),
    })),
    outdir: to,
    chunkNames: "chunks/[name]-[hash]",
    splitting: true,
    plugins: [
      { name: "placed", setup: refuseOwnPlace },
      { name: "named", setup: keepNames },
    ],
  });
  const packages = packagesOf(modules.metafile);
  for (const path of threads()) {
    const { metafile } = await build({
      ...shared,
      entryPoints: [path],
      outfile: join(to, relative(src, path)),
      plugins: [thinned(dirname(path))],
    });
    packages.push(...packagesOf(metafile));
  }
  return packages;
}

/** The modules that the bundled command and its launcher import from files beside them. */
function modulesOutside() {
  const text = ["portcullis.cjs", "main.cjs"].map((name) => readFileSync(join(src, "cli", name), "utf8")).join("\n");
  const imports = text.matchAll(/\b(?:importOutside|import)\("(\.\.?\/[^"]+)"\)/g);
  return [...new Set([...imports].map(([, path]) => join(src, "cli", path)))].toSorted(byCode);
}

/** The programs of threads and processes that the build leaves in their modules, but for the server's. */
function threads() {
  const bundled = new Set(scripts().map((path) => join(root, path)));
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".worker.js") && path.split(sep)[0] !== "app")
    .map((path) => join(src, path))
    .filter((path) => !bundled.has(path))
    .toSorted();
}

/** A file that asks where it is would be told the place of the file that it was joined into. */
function refuseOwnPlace({ onLoad }) {
  onLoad({ filter: /[\\/]dist[\\/]src[\\/].*\.js$/ }, ({ path }) => {
    const contents = readFileSync(path, "utf8");
    if (!contents.includes("import.meta")) return { contents };
    return { errors: [{ text: `${relative(root, path)} uses import.meta, so it cannot be moved into a shared file` }] };
  });
}

/** Where a CommonJS package is a chunk of its own, the names that Node.js finds in it are its exports. */
function keepNames({ onResolve, onLoad }) {
  onResolve({ filter: /^[^./]/ }, ({ path, kind, resolveDir }) =>
    kind === "dynamic-import" && !path.startsWith("node:")
      ? { path, namespace: "named", pluginData: resolveDir }
      : undefined,
  );
  onLoad({ filter: /./, namespace: "named" }, async ({ path, pluginData: resolveDir }) => {
    const names = Object.keys(await import(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
    return { contents: `export { ${names.join(", ")} } from ${JSON.stringify(path)};`, resolveDir };
  });
}

/** npm shows the page without the repository: its links lead to the files of this version on GitHub. */
function withAbsoluteLinks(text, { version, repository }) {
  const [, slug] = /github\.com\/([^/]+\/[^/.]+)/.exec(repository.url);
  return text.replaceAll(/(!?)(\[[^\]]*\])\((?![a-z]+:|#)([^)\s]+)\)/g, (_, image, label, path) => {
    const base = image === "" ? `https://github.com/${slug}/blob` : `https://raw.githubusercontent.com/${slug}`;
    return `${image}${label}(${base}/v${version}/${path})`;
  });
}

function copy(path, to, filter = () => true) {
  cpSync(join(root, path), join(to, path), { recursive: true, filter });
}

await layOut(resolve(process.argv[2] ?? join(root, "dist/npm")));
