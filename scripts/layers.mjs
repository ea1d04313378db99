/**
 * What each room of src/ may import, besides its own files: rooms, packages and modules of Node.js. The linter refuses
 * everything else (scripts/layers-rule.mjs). docs/architecture.md shows the same list, and a test compares them.
 */
export const layers = {
  model: [],
  manifest: ["model", "@noble/hashes", "js-yaml"],
  config: ["model", "manifest", "ajv", "ajv-formats", "js-yaml"],
  tree: ["model", "node:child_process", "node:crypto", "node:fs", "node:os", "node:path", "node:url"],
  wasm: [
    "node:child_process",
    "node:crypto",
    "node:fs",
    "node:os",
    "node:path",
    "node:url",
    "node:util",
    "node:v8",
    "node:vm",
    "node:zlib",
  ],
  render: ["model", "manifest", "re2js"],
  renderers: ["model", "wasm", "node:crypto", "node:fs", "node:os", "node:path"],
  parsers: ["model", "renderers", "wasm"],
  rego: [
    "model",
    "manifest",
    "wasm",
    "@open-policy-agent/opa-wasm",
    "ajv",
    "re2js",
    "node:crypto",
    "node:fs",
    "node:module",
    "node:os",
    "node:path",
    "node:timers",
    "node:worker_threads",
  ],
  cel: ["model", "manifest", "wasm"],
  schema: ["model", "manifest", "config", "re2js"],
  "schema-bundle": ["schema", "node:crypto", "node:fs", "node:zlib"],
  gatekeeper: ["model", "cel", "manifest", "schema", "rego", "re2js"],
  gate: ["model", "config", "manifest", "render", "diff", "js-yaml"],
  report: ["model", "picocolors", "sarif"],
  github: ["model", "octokit", "undici"],
  remote: [
    "model",
    "tree",
    "js-yaml",
    "re2js",
    "tar",
    "undici",
    "node:child_process",
    "node:crypto",
    "node:dns",
    "node:fs",
    "node:http",
    "node:net",
    "node:os",
    "node:path",
    "node:stream",
    "node:timers",
    "node:zlib",
  ],
  store: [
    "model",
    "@electric-sql/pglite",
    "pg",
    "pg-boss",
    "node:child_process",
    "node:crypto",
    "node:events",
    "node:fs",
    "node:net",
    "node:os",
    "node:path",
    "node:timers",
  ],
  engine: [
    "model",
    "cel",
    "config",
    "gate",
    "gatekeeper",
    "manifest",
    "parsers",
    "rego",
    "remote",
    "render",
    "renderers",
    "schema",
    "schema-bundle",
    "@sigstore/bundle",
    "@sigstore/protobuf-specs",
    "@sigstore/verify",
    "node:crypto",
    "node:os",
    "node:path",
    "node:worker_threads",
  ],
  app: [
    "model",
    "config",
    "engine",
    "gate",
    "github",
    "report",
    "store",
    "tree",
    "octokit",
    "pino",
    "probot",
    "prom-client",
    "node:*",
  ],
  cli: [
    "model",
    "app",
    "config",
    "engine",
    "gate",
    "gatekeeper",
    "github",
    "rego",
    "render",
    "renderers",
    "report",
    "store",
    "tree",
    "wasm",
    "commander",
    "octokit",
    "node:*",
  ],
};

/** The room that a path below the repository's root belongs to; undefined outside src/. */
export function roomOf(path) {
  const [top, room] = path.split("/");
  return top === "src" ? room : undefined;
}

/** Whether a file of `room` may import a module of Node.js or a package. */
export function mayImportPackage(room, specifier) {
  const allowed = layers[room] ?? [];
  const [first, second] = specifier.split("/");
  const name = first.startsWith("@") ? `${first}/${second}` : first;
  // A room's name in the list allows the room, not a package that happens to have the same name.
  if (name in layers) return false;
  return allowed.includes(name) || (name.startsWith("node:") && allowed.includes("node:*"));
}

/** Whether a file of `room` may import the file at `path`, below the repository's root. */
export function mayImportFile(room, path) {
  const other = roomOf(path);
  return other !== undefined && (other === room || (layers[room] ?? []).includes(other));
}
