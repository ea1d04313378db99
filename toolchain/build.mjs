// Builds the WebAssembly modules from their Go shims. Needs Go, of the version that toolchain/dist/*/manifest.json name.
//   node toolchain/build.mjs [NAME...]   builds the named modules (default: all) and writes toolchain/dist/NAME
//   node toolchain/build.mjs --fast      compresses less, to try a change
//   node toolchain/build.mjs --out DIR   writes to DIR/NAME
//   node toolchain/build.mjs --verify    builds and compares with toolchain/dist/NAME, writes nothing
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants } from "node:zlib";
import { withEdits } from "./edits.mjs";
import { notices } from "./notices.mjs";
import { sourceDigest } from "./source-digest.mjs";

/** By name of a shim's directory: the Go module whose version the artifact is known by. */
const engines = {
  opa: "github.com/open-policy-agent/opa",
  kustomize: "sigs.k8s.io/kustomize/api",
  helm: "helm.sh/helm/v3",
  jsonnet: "github.com/google/go-jsonnet",
  cel: "k8s.io/apiserver",
  parsers: "github.com/open-policy-agent/conftest",
};

const here = dirname(fileURLToPath(import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { fast: { type: "boolean" }, out: { type: "string" }, verify: { type: "boolean" } },
});
const names = positionals.length > 0 ? positionals : Object.keys(engines);
/** What else the linker is told. Kustomize writes its release into a label where a kustomization asks for that. */
const variables = { kustomize: " -X sigs.k8s.io/kustomize/api/provenance.version=v5.8.2" };
/** Set where a shim's edits.json is applied. */
const tags = { kustomize: ["-tags=edited"] };
const flagsOf = (name) => [...(tags[name] ?? []), "-trimpath", "-buildvcs=false", `-ldflags=-s -w${variables[name] ?? ""}`, "-buildmode=c-shared"];
// Nothing of the machine may reach the artifact: no workspace, no flags, no other toolchain than the installed one.
const environment = { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "", GOWORK: "off", GOTOOLCHAIN: "local", CGO_ENABLED: "0", GOWASM: "" };

function go(cwd, ...args) {
  const { status, stdout, error } = spawnSync("go", args, { cwd, env: environment, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  if (error) throw new Error(`Go is needed: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

const scratch = mkdtempSync(join(tmpdir(), "portcullis-toolchain-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const goVersion = go(here, "env", "GOVERSION").trim();
const goRoot = go(here, "env", "GOROOT").trim();

/** The modules of others that are really linked, with the directories of their linked packages. */
function linkedModules(shim, directory) {
  const modules = new Map();
  const format = "{{$package := .ImportPath}}{{$dir := .Dir}}{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$dir}}\t{{$package}}{{end}}{{end}}";
  for (const line of go(directory, "list", "-deps", "-f", format, ".").split("\n")) {
    const [path, version, dir, packageDir, importPath] = line.split("\t");
    // What lies in this directory is our own: shared code, and stubs that stand in for modules of others.
    if (!path || dir.startsWith(here + sep) || path.startsWith("portcullis.dev/")) continue;
    // Vendored packages are copies without their licences.
    const own = dir !== "" ? dir : (modules.get(path)?.dir ?? moduleDirectory(shim, path));
    if (!modules.has(path)) modules.set(path, { path, version, dir: own, packages: [] });
    modules.get(path).packages.push(dir !== "" ? packageDir : own + importPath.slice(path.length));
  }
  return [...modules.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function moduleDirectory(shim, path) {
  return JSON.parse(go(shim, "mod", "download", "-json", path)).Dir;
}

function build(name) {
  if (!Object.hasOwn(engines, name)) throw new Error(`unknown module ${name}: expected one of ${Object.keys(engines).join(", ")}`);
  const shim = join(here, name);
  const target = join(scratch, `${name}.wasm`);
  const { directory, flags } = withEdits(shim, scratch, go);
  go(directory, "build", ...flags, ...flagsOf(name), "-o", target, ".");
  const raw = readFileSync(target);
  const linked = linkedModules(shim, directory);
  const thirdParty = notices(name, [{ path: "Go standard library and runtime", version: goVersion, dir: goRoot, packages: [] }, ...linked]);
  return { shim, raw, linked, thirdParty };
}

/** 0: the same; 1: other bytes; 3: cannot be told with this version of Go. */
function verify(name) {
  const dist = join(here, "dist", name);
  const recorded = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
  if (recorded.go !== goVersion) {
    console.error(`${name}: the artifact was built with ${recorded.go}, this is ${goVersion}: bytes cannot be compared`);
    return 3;
  }
  const { raw, thirdParty } = build(name);
  const same = recorded.raw.sha256 === sha256(raw) && readFileSync(join(dist, "THIRD_PARTY_NOTICES.txt"), "utf8") === thirdParty;
  console.log(same ? `${name}: rebuilt byte for byte: ${recorded.raw.sha256}` : `${name}: differs: recorded ${recorded.raw.sha256}, rebuilt ${sha256(raw)}`);
  return same ? 0 : 1;
}

function write(name) {
  const out = join(options.out ?? join(here, "dist"), name);
  const { shim, raw, linked, thirdParty } = build(name);
  const packed = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: options.fast ? 5 : 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  const manifest = {
    name,
    go: goVersion,
    target: "wasip1/wasm",
    flags: flagsOf(name),
    [name]: linked.find(({ path }) => path === engines[name]).version,
    raw: { sha256: sha256(raw), bytes: raw.length },
    packed: { file: `${name}.wasm.br`, sha256: sha256(packed), bytes: packed.length },
    sources: sourceDigest(shim),
    modules: Object.fromEntries(linked.map(({ path, version }) => [path, version])),
  };
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `${name}.wasm.br`), packed);
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(out, "THIRD_PARTY_NOTICES.txt"), thirdParty);
  console.log(`${name}: ${raw.length} bytes, ${packed.length} compressed, ${linked.length} modules, ${manifest.raw.sha256}`);
}

if (options.verify) process.exitCode = Math.max(...names.map(verify));
else names.forEach(write);
