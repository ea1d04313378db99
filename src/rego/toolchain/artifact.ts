import { shippedModule, type ShippedModule } from "../../wasm/shipped-module.ts";

/** The toolchain that ships: OPA as a WebAssembly module, with its digest, which is part of every cache key. */
export type ToolchainArtifact = ShippedModule;

/** Throws where the package is incomplete. */
export function toolchainArtifact(): ToolchainArtifact {
  return shippedModule("opa");
}
