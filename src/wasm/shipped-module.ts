import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PackedModule } from "./unpacked.ts";

/** A module that ships with this package. */
export interface ShippedModule extends PackedModule {
  /** The version of the program inside, such as `v1.22.2`. */
  readonly version: string;
}

const directory = new URL("../../../toolchain/dist/", import.meta.url);

const known = new Map<string, ShippedModule>();

/** The directory of what was compiled when the package was made; a checkout has none. */
export function precompiledDirectory(): string {
  return fileURLToPath(new URL("compiled/", directory));
}

/** Reads the manifest beside a module, once. Throws if the package is incomplete. */
export function shippedModule(name: string): ShippedModule {
  const found = known.get(name) ?? readShippedModule(name, new URL(`${name}/`, directory));
  known.set(name, found);
  return found;
}

/** The module `name` whose manifest is in the directory `from`, a URL that ends in a slash. */
function readShippedModule(name: string, from: URL): ShippedModule {
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", from), "utf8")) as {
    readonly [name: string]: unknown;
    readonly raw: { readonly sha256: string };
    readonly packed: { readonly file: string };
  };
  return {
    name,
    version: String(manifest[name]),
    sha256: manifest.raw.sha256,
    path: fileURLToPath(new URL(manifest.packed.file, from)),
  };
}
