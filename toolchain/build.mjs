// Builds the WebAssembly toolchain from its Go shim. Needs Go, of the version that toolchain/dist/manifest.json names.
//   node toolchain/build.mjs            builds and writes toolchain/dist
//   node toolchain/build.mjs --fast     compresses less, to try a change
//   node toolchain/build.mjs --out DIR  writes elsewhere
//   node toolchain/build.mjs --verify   builds and compares with toolchain/dist, writes nothing
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { notices } from "./notices.mjs";
import { sourceDigest } from "./source-digest.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const shim = join(here, "opa");
const verify = process.argv.includes("--verify");
const out = process.argv.includes("--out") ? process.argv[process.argv.indexOf("--out") + 1] : join(here, "dist");
const flags = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-buildmode=c-shared"];
// Nothing of the machine may reach the artifact: no workspace, no flags, no other toolchain than the installed one.
const environment = { ...process.env, GOOS: "wasip1", GOARCH: "wasm", GOFLAGS: "", GOWORK: "off", GOTOOLCHAIN: "local", CGO_ENABLED: "0", GOWASM: "" };

function go(...args) {
  const { status, stdout, error } = spawnSync("go", args, { cwd: shim, env: environment, encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
  if (error) throw new Error(`Go is needed: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

const scratch = mkdtempSync(join(tmpdir(), "portcullis-toolchain-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const goVersion = go("env", "GOVERSION").trim();

if (verify) {
  const recorded = JSON.parse(readFileSync(join(here, "dist/manifest.json"), "utf8"));
  if (recorded.go !== goVersion) {
    console.error(`the artifact was built with ${recorded.go}, this is ${goVersion}: bytes cannot be compared`);
    process.exit(3);
  }
}

const target = join(scratch, "opa.wasm");
go("build", ...flags, "-o", target, ".");
const raw = readFileSync(target);

const modules = new Map();
for (const line of go("list", "-deps", "-f", "{{$dir := .Dir}}{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$dir}}{{end}}{{end}}", ".").split("\n")) {
  const [path, version, dir, packageDir] = line.split("\t");
  if (!path) continue;
  if (!modules.has(path)) modules.set(path, { path, version, dir, packages: [] });
  modules.get(path).packages.push(packageDir);
}
const linked = [...modules.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
const goRoot = go("env", "GOROOT").trim();
const thirdParty = notices([{ path: "Go standard library and runtime", version: goVersion, dir: goRoot, packages: [] }, ...linked]);

if (verify) {
  const recorded = JSON.parse(readFileSync(join(here, "dist/manifest.json"), "utf8"));
  const same = recorded.raw.sha256 === sha256(raw) && readFileSync(join(here, "dist/THIRD_PARTY_NOTICES.txt"), "utf8") === thirdParty;
  console.log(same ? `rebuilt byte for byte: ${recorded.raw.sha256}` : `differs: recorded ${recorded.raw.sha256}, rebuilt ${sha256(raw)}`);
  process.exit(same ? 0 : 1);
}

const packed = brotliCompressSync(raw, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: process.argv.includes("--fast") ? 5 : 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
  },
});
const manifest = {
  name: "opa",
  go: goVersion,
  target: "wasip1/wasm",
  flags,
  opa: modules.get("github.com/open-policy-agent/opa").version,
  raw: { sha256: sha256(raw), bytes: raw.length },
  packed: { file: "opa.wasm.br", sha256: sha256(packed), bytes: packed.length },
  sources: sourceDigest(shim),
  modules: Object.fromEntries(linked.map(({ path, version }) => [path, version])),
};
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "opa.wasm.br"), packed);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(out, "THIRD_PARTY_NOTICES.txt"), thirdParty);
console.log(`${raw.length} bytes, ${packed.length} compressed, ${linked.length} modules, ${manifest.raw.sha256}`);
