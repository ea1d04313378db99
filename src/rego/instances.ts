import type { JsonObject } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import { builtins } from "./builtins/registry.ts";
import type { BuiltinRun } from "./builtins/builtin.ts";
import type { PolicyInstance } from "./opa-wasm.ts";
import { compilePolicyModule, EvaluationError, instantiate } from "./opa-wasm.ts";
import { writeJson } from "./value/json-text.ts";

/** Instances of one policy module, all with the same data, limits and run. */
export interface Instances {
  /** Why there can be none. */
  readonly problem?: Problem;
  readonly next: () => PolicyInstance;
}

/** Compiles a module and makes the first instance, so that a module or data that cannot be loaded are known at once. */
export function createInstances(
  wasm: Uint8Array,
  data: JsonObject,
  options: { readonly now: string; readonly memoryLimitMiB: number },
): Instances {
  const run: BuiltinRun = { nowNs: BigInt(Date.parse(options.now)) * 1_000_000n };
  const module = compilePolicyModule(wasm);
  const text = writeJson(data);
  const make = (): PolicyInstance =>
    instantiate(module, {
      data: text,
      memoryLimitMiB: options.memoryLimitMiB,
      builtin: (name, args) => {
        const builtin = builtins[name];
        if (builtin === undefined) throw new EvaluationError("rule", `the builtin ${name} is not available`);
        return builtin(run, ...args);
      },
    });
  try {
    let first: PolicyInstance | undefined = make();
    return {
      next: () => {
        const instance = first ?? make();
        first = undefined;
        return instance;
      },
    };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const message = `the policies and their data could not be loaded: ${error.message}`;
    return { problem: { stage: "evaluate", message }, next: make };
  }
}
