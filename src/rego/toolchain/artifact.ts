import { shippedModule, type ShippedModule } from "../../wasm/shipped-module.ts";

/** The toolchain that ships: OPA as a WebAssembly module, with a digest that is part of every cache key. */
export type ToolchainArtifact = ShippedModule;

/** Finds the toolchain. Throws if the package is incomplete. */
export function toolchainArtifact(): ToolchainArtifact {
  return shippedModule("opa");
}
