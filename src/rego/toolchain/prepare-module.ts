import { limitSteps } from "../../wasm/limit-steps.ts";
import { hostBuiltins } from "./host-builtins.ts";
import { callHost } from "./host-calls.ts";
import { orderIteration } from "./ordered-iteration.ts";
import { ruleName } from "./rule-name.ts";
import { addShortcuts } from "./shortcuts.ts";
import { stepsOfAllocation } from "./steps.ts";
import { askHostForMatches } from "./quick-matches.ts";

/**
 * Patches a module from the compiler of OPA to answer as the evaluator of OPA does, and to end after a number of steps; also returns all builtins that it
 * calls on its host.
 */
export function prepareModule(compiled: Uint8Array): { readonly wasm: Uint8Array; readonly builtins: readonly string[] } {
  const { wasm, builtins } = callHost(orderIteration(compiled));
  const limited = limitSteps(addShortcuts(askHostForMatches(wasm)), {
    // What the runtime does in a loop takes as long as its arguments are large.
    countsLoopsOf: (name) => ruleName.test(name),
    calls: { opa_malloc: stepsOfAllocation },
  });
  return { wasm: limited, builtins: [...hostBuiltins(compiled), ...builtins].toSorted() };
}
