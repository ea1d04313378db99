import type { BuiltinRun, PrintedLine } from "./builtins/builtin.ts";
import type { Builtins } from "./builtins/load-builtins.ts";
import { environmentData, environmentKey, type EnvironmentData } from "./environment-data.ts";
import type { InstanceOptions, PolicyInstance, PolicyModule } from "./opa-wasm.ts";
import { compilePolicyModule, EvaluationError, instantiate } from "./opa-wasm.ts";

/** Everything that an instance of the module of a judge is created from; can be sent to a worker thread. */
export interface Recipe {
  readonly module: PolicyModule;
  readonly data: EnvironmentData;
  readonly memoryLimitMiB: number;
  readonly stepLimit: number;
  readonly run: BuiltinRun;
  /** The names of the builtins that the module calls on its host. */
  readonly builtins: readonly string[];
}

/** An instance that keeps what its policies print. */
export interface PrintingInstance extends PolicyInstance {
  /** The lines printed since the last call. */
  takePrinted(): readonly PrintedLine[];
}

/** A normal evaluation takes a ten-thousandth. */
export const defaultStepLimit = 100_000_000;

// The lines kept of one evaluation.
const printedLimit = 1000;

/** Compiles a module and fixes the time that its policies see (RFC 3339). */
export function recipeOf(
  wasm: Uint8Array,
  data: EnvironmentData,
  options: Pick<Recipe, "memoryLimitMiB" | "builtins"> & { readonly now: string; readonly stepLimit?: number },
): Recipe {
  return {
    module: compilePolicyModule(wasm),
    data,
    memoryLimitMiB: options.memoryLimitMiB,
    stepLimit: options.stepLimit ?? defaultStepLimit,
    run: { nowNs: BigInt(Date.parse(options.now)) * 1_000_000n },
    builtins: options.builtins,
  };
}

/**
 * Creates an instance; `builtins` are the loaded builtins of the recipe, `changing` takes the place of its data. Throws EvaluationError if the module and its
 * data do not fit into memory.
 */
export function makeInstance(
  { module, data, memoryLimitMiB, stepLimit, run }: Recipe,
  builtins: Builtins,
  changing?: InstanceOptions["data"],
): PrintingInstance {
  let printed: PrintedLine[] = [];
  const printing: BuiltinRun = {
    ...run,
    print: (line) => {
      if (printed.length < printedLimit) printed.push(line);
      else if (printed.length === printedLimit) printed.push({ at: line.at, text: "… further output is left out" });
    },
  };
  const instance = instantiate(module, {
    data: changing ?? {
      key: (one, facts) => `${facts?.digest ?? ""} ${environmentKey(data, one)}`,
      text: (one, facts) => environmentData(data, one, facts),
    },
    memoryLimitMiB,
    stepLimit,
    builtin: (name, args) => {
      const builtin = builtins.get(name);
      if (builtin === undefined) throw new EvaluationError("rule", `the builtin ${name} is not available`);
      return builtin(printing, ...args);
    },
  });
  return {
    ...instance,
    takePrinted: () => {
      const lines = printed;
      printed = [];
      return lines;
    },
  };
}
