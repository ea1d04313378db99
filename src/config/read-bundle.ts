import { isObject } from "../manifest/identity.ts";
import type { Json } from "../model/json.ts";
import type { Tree } from "../model/tree.ts";

/** An OPA bundle, as far as it is policies and data (openpolicyagent.org, "Bundles"). */
export interface Bundle {
  /** Paths of its Rego files. */
  readonly rego: readonly string[];
  /** Paths of its `data.json` and `data.yaml`: their directories are the path of the data. */
  readonly data: readonly string[];
  /** The Rego version of a file, where the manifest tells. */
  readonly versionOf: (path: string) => "v0" | "v1" | undefined;
  readonly revision?: string;
}

/** A bundle, or why a set of files is none: path within it, and what is wrong. */
export type BundleReading =
  | { readonly kind: "bundle"; readonly bundle: Bundle }
  | { readonly kind: "invalid"; readonly path: string; readonly message: string };

const MANIFEST = ".manifest";

/** Reads the files of an OPA bundle. */
export async function readBundle(tree: Tree): Promise<BundleReading> {
  const paths = (await tree.list()).flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
  const rego = paths.filter((path) => path.endsWith(".rego"));
  const data = paths.filter((path) => /(?:^|\/)data\.(?:json|ya?ml)$/.test(path));
  const wasm = paths.find((path) => path.endsWith(".wasm"));
  if (rego.length === 0) {
    const message =
      wasm === undefined
        ? "contains no Rego"
        : "contains only policies that are compiled already; expected their Rego as well: which rules they have and where they read is told by the source alone";
    return { kind: "invalid", path: wasm ?? "", message };
  }
  if (!paths.includes(MANIFEST)) return { kind: "bundle", bundle: { rego, data, versionOf: () => undefined } };
  return withManifest(await tree.read(MANIFEST), { rego, data }, tree);
}

async function withManifest(
  bytes: Uint8Array,
  files: Pick<Bundle, "rego" | "data">,
  tree: Tree,
): Promise<BundleReading> {
  const invalid = (message: string): BundleReading => ({ kind: "invalid", path: MANIFEST, message });
  let manifest: Json;
  try {
    manifest = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch (error) {
    return invalid(`is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(manifest)) return invalid("expected an object");
  const { roots = [""], rego_version: version, file_rego_versions: byFile = {}, revision } = manifest;
  if (!Array.isArray(roots) || !roots.every((root) => typeof root === "string"))
    return invalid("roots: expected a list of paths");
  const known = versionNamed(version);
  if (version !== undefined && known === undefined) return invalid("rego_version: expected 0 or 1");
  if (!isObject(byFile)) return invalid("file_rego_versions: expected an object of paths with 0 or 1");
  const patterns = Object.entries(byFile).map(([path, of]) => ({ path, version: versionNamed(of) }));
  const wrong = patterns.find((one) => one.version === undefined);
  if (wrong !== undefined) return invalid(`file_rego_versions: ${wrong.path}: expected 0 or 1`);
  const outside = await outsideRoots(files, roots, tree);
  if (outside !== undefined) return { kind: "invalid", ...outside };
  return {
    kind: "bundle",
    bundle: {
      ...files,
      versionOf: (path) => patterns.find((one) => matchesFile(one.path, path))?.version ?? known,
      ...(typeof revision === "string" && revision !== "" ? { revision } : {}),
    },
  };
}

function versionNamed(value: Json | undefined): "v0" | "v1" | undefined {
  return value === 0 ? "v0" : value === 1 ? "v1" : undefined;
}

/** Paths may be patterns, with `*` for what is within a directory. */
function matchesFile(pattern: string, path: string): boolean {
  const written = pattern.replace(/^\//, "");
  if (!written.includes("*")) return written === path;
  const parts = written.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^/]*")}$`).test(path);
}

/** What is not below the roots of the bundle, which OPA refuses as well. */
async function outsideRoots(
  { rego, data }: Pick<Bundle, "rego" | "data">,
  roots: readonly string[],
  tree: Tree,
): Promise<{ readonly path: string; readonly message: string } | undefined> {
  const isWithin = (path: string): boolean =>
    roots.some((root) => root === "" || path === root || path.startsWith(`${root}/`));
  for (const path of rego) {
    const text = new TextDecoder().decode(await tree.read(path));
    const name = /^\s*package\s+([\w.]+)/m.exec(text)?.[1];
    if (name !== undefined && !isWithin(name.replaceAll(".", "/")))
      return { path, message: `package ${name} is outside of the bundle's roots (${roots.join(", ")})` };
  }
  for (const path of data) {
    const directory = path.split("/").slice(0, -1).join("/");
    if (directory !== "" && !isWithin(directory) && !roots.some((root) => root.startsWith(`${directory}/`)))
      return { path, message: `is outside of the bundle's roots (${roots.join(", ")})` };
  }
  return undefined;
}
