import { hostBuiltins } from "./host-builtins.ts";
import { callHost } from "./host-calls.ts";
import { orderIteration } from "./ordered-iteration.ts";
import { askHostForMatches } from "./quick-matches.ts";

/** A module of OPA's compiler made to answer as OPA's evaluator does, and all builtins that it calls on its host. */
export function prepareModule(compiled: Uint8Array): { readonly wasm: Uint8Array; readonly builtins: readonly string[] } {
  const { wasm, builtins } = callHost(orderIteration(compiled));
  return { wasm: askHostForMatches(wasm), builtins: [...hostBuiltins(compiled), ...builtins].toSorted() };
}
