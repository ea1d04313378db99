// Builds the bundle of Kubernetes' schemas from the Go modules that Kubernetes is published as. Needs Go.
//   node toolchain/schemas/build.mjs            writes toolchain/dist/schemas
//   node toolchain/schemas/build.mjs --verify   builds and compares, writes nothing
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { addEnums } from "./enums.mjs";
import { lifecyclesIn } from "./lifecycle.mjs";
import { download, kubernetes, lifecycles } from "./modules.mjs";
import { scriptsDigest } from "./sources.mjs";
import { reduceDefinition } from "./reduce.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../dist/schemas");
const sums = {};
const licences = new Map();

function open(module) {
  const { directory, sum } = download(module);
  sums[module] = sum;
  const licence = readFileSync(join(directory, "LICENSE"), "utf8").trimEnd();
  licences.set(licence, [...(licences.get(licence) ?? []), module]);
  return directory;
}

const minorOf = (version) => Number(version.split(".")[1]);
const apiVersionOf = ({ group, version }) => (group === "" ? version : `${group}/${version}`);
/** What is no object of its own but part of a request or answer; `WatchEvent` and the like are of every group. */
const isObjectKind = ({ kind }) => !/List$|^(DeleteOptions|WatchEvent|Status|APIGroup|APIResourceList|APIVersions)$/.test(kind);
const kindsOf = (definition) => (definition["x-kubernetes-group-version-kind"] ?? []).filter(isObjectKind);

/** By apiVersion and kind: the minor versions that serve it. */
const served = {};
const serve = (gvk, minor) => {
  const minors = ((served[apiVersionOf(gvk)] ??= {})[gvk.kind] ??= []);
  if (!minors.includes(minor)) minors.push(minor);
};

for (const version of kubernetes.served) {
  const { definitions } = JSON.parse(readFileSync(join(open(`k8s.io/kubernetes@v${version}`), "api/openapi-spec/swagger.json"), "utf8"));
  for (const definition of Object.values(definitions)) for (const gvk of kindsOf(definition)) serve(gvk, minorOf(version));
}

const versions = kubernetes.bundled.map(minorOf);
/** By definition name: text → bit mask of the versions that have it. */
const variants = new Map();
/** By apiVersion and kind: the definition's name. */
const kinds = {};
kubernetes.bundled.forEach((version, index) => {
  const module = open(`k8s.io/kubernetes@v${version}`);
  const directory = join(module, "api/openapi-spec/v3");
  const definitions = {};
  for (const file of readdirSync(directory).sort()) {
    Object.assign(definitions, JSON.parse(readFileSync(join(directory, file), "utf8")).components?.schemas);
  }
  addEnums(module, definitions);
  for (const [name, definition] of Object.entries(definitions)) {
    const text = JSON.stringify(reduceDefinition(name, definitions));
    const known = variants.get(name) ?? new Map();
    variants.set(name, known.set(text, (known.get(text) ?? 0) | (1 << index)));
    for (const gvk of kindsOf(definition)) {
      serve(gvk, versions[index]);
      (kinds[apiVersionOf(gvk)] ??= {})[gvk.kind] = name;
    }
  }
});

// Only what some kind reaches; what is said of requests and answers is of no use here.
const reached = new Set();
const reach = (name) => {
  if (reached.has(name)) return;
  reached.add(name);
  for (const text of variants.get(name).keys()) for (const [, target] of text.matchAll(/"\$ref":"([^"]+)"/g)) reach(target);
};
for (const byKind of Object.values(kinds)) for (const name of Object.values(byKind)) reach(name);
const names = [...reached].sort();
const numbers = new Map(names.map((name, index) => [name, index]));

const life = {};
for (const module of lifecycles) {
  for (const [apiVersion, byKind] of Object.entries(lifecyclesIn(open(module)))) Object.assign((life[apiVersion] ??= {}), byKind);
}
const newest = versions.at(-1);
const lives = {};
for (const apiVersion of [...new Set([...Object.keys(served), ...Object.keys(life)])].sort()) {
  for (const kind of [...new Set([...Object.keys(served[apiVersion] ?? {}), ...Object.keys(life[apiVersion] ?? {})])].sort()) {
    const minors = served[apiVersion]?.[kind] ?? [];
    const { introduced, deprecated, removed, replacement } = life[apiVersion]?.[kind] ?? {};
    // Types that no API server ever offered as objects (reviews of webhooks) have no schema and need none.
    if (minors.length === 0) continue;
    const last = Math.max(...minors);
    const gone = last < newest ? last + 1 : undefined;
    const entry = {
      ...(introduced === undefined ? {} : { introduced }),
      ...(deprecated === undefined ? {} : { deprecated }),
      ...(removed === undefined && gone === undefined ? {} : { removed: removed ?? gone }),
      ...(replacement === undefined ? {} : { replacement }),
    };
    const first = Math.min(...minors);
    if (introduced === undefined && first > minorOf(kubernetes.served[0])) entry.introduced = first;
    if (Object.keys(entry).length > 0) (lives[apiVersion] ??= {})[kind] = entry;
  }
}

const texts = [];
const definitions = names.map((name) =>
  [...variants.get(name)].map(([text, mask]) => {
    const numbered = text.replaceAll(/"\$ref":"([^"]+)"/g, (_, target) => `"$ref":${numbers.get(target)}`);
    texts.push(numbered);
    return [mask, Buffer.byteLength(numbered)];
  }),
);
const kindNumbers = Object.fromEntries(
  Object.keys(kinds).sort().map((apiVersion) => [apiVersion, Object.fromEntries(Object.keys(kinds[apiVersion]).sort().map((kind) => [kind, [numbers.get(kinds[apiVersion][kind]), mask(served[apiVersion][kind])]]))]),
);
function mask(minors) {
  return versions.reduce((bits, minor, index) => (minors.includes(minor) ? bits | (1 << index) : bits), 0);
}

// One line with the index, then the definitions end to end: each is found by its number and read when it is needed.
const index = { versions: versions.map((minor) => `1.${minor}`), kinds: kindNumbers, lives, definitions };
const raw = Buffer.from(`${JSON.stringify(index)}\n${texts.join("")}`);
const packed = brotliCompressSync(raw, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } });
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const manifest = {
  name: "schemas",
  kubernetes: index.versions,
  raw: { sha256: sha256(raw), bytes: raw.length },
  packed: { file: "kubernetes.br", sha256: sha256(packed), bytes: packed.length },
  sources: scriptsDigest(here),
  modules: Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1))),
};
const notice = [...licences]
  .map(([licence, modules]) => `Schemas in toolchain/dist/schemas/kubernetes.br are reduced from the OpenAPI documents and Go sources of\n${modules.sort().map((module) => `  ${module}`).join("\n")}\nwhich are published under this licence:\n\n${licence}\n`)
  .join("\n");

if (process.argv.includes("--verify")) {
  const recorded = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));
  const same = recorded.raw.sha256 === manifest.raw.sha256 && readFileSync(join(out, "THIRD_PARTY_NOTICES.txt"), "utf8") === notice;
  console.log(same ? `rebuilt byte for byte: ${manifest.raw.sha256}` : `differs: recorded ${recorded.raw.sha256}, rebuilt ${manifest.raw.sha256}`);
  process.exit(same ? 0 : 1);
}
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "kubernetes.br"), packed);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(out, "THIRD_PARTY_NOTICES.txt"), notice);
console.log(`${names.length} definitions, ${texts.length} variants, ${raw.length} bytes, ${packed.length} compressed, ${index.versions.length} versions`);
