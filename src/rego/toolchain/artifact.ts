import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { PackedModule } from "../../wasm/unpacked.ts";

/** The toolchain that ships: OPA as a WebAssembly module, with its digest, which is part of every cache key. */
export interface ToolchainArtifact extends PackedModule {
  readonly opa: string;
}

const directory = new URL("../../../../toolchain/dist/", import.meta.url);

let known: ToolchainArtifact | undefined;

/** Reads the manifest beside the artifact once. Throws where the package is incomplete. */
export function toolchainArtifact(): ToolchainArtifact {
  known ??= readArtifact(directory);
  return known;
}

function readArtifact(from: URL): ToolchainArtifact {
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", from), "utf8")) as {
    readonly name: string;
    readonly opa: string;
    readonly raw: { readonly sha256: string };
    readonly packed: { readonly file: string };
  };
  return {
    name: manifest.name,
    opa: manifest.opa,
    sha256: manifest.raw.sha256,
    path: fileURLToPath(new URL(manifest.packed.file, from)),
  };
}
