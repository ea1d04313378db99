import { hostBuiltins } from "./host-builtins.ts";
import { callHost } from "./host-calls.ts";
import { orderIteration } from "./ordered-iteration.ts";
import { askHostForMatches } from "./quick-matches.ts";

/**
 * Patches a module from the compiler of OPA to answer as the evaluator of OPA does; also returns all builtins that it
 * calls on its host.
 */
export function prepareModule(compiled: Uint8Array): { readonly wasm: Uint8Array; readonly builtins: readonly string[] } {
  const { wasm, builtins } = callHost(orderIteration(compiled));
  return { wasm: askHostForMatches(wasm), builtins: [...hostBuiltins(compiled), ...builtins].toSorted() };
}
