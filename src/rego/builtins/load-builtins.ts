import type { BuiltinAnswer, BuiltinRequest, ToolchainOutcome } from "../toolchain/protocol.ts";
import { readValue } from "../value/read-value.ts";
import { writeValue } from "../value/write-value.ts";
import { AskOpa } from "./ask-opa.ts";
import type { Builtin } from "./builtin.ts";
import { BuiltinError } from "./builtin.ts";
import { families } from "./registry.ts";

/** Calls a builtin of OPA, in its own process, synchronously. */
export type RelayCall = (request: BuiltinRequest) => ToolchainOutcome<BuiltinAnswer>;

/** The builtins of one compiled policy set by name, ready to be called synchronously. */
export type Builtins = ReadonlyMap<string, Builtin>;

/**
 * Loads the implementations of the named builtins only. Those that this process does not implement are relayed to OPA.
 */
export async function loadBuiltins(names: readonly string[], relay: RelayCall): Promise<Builtins> {
  const found = new Map<string, Builtin>();
  for (const name of names) {
    const asked = relayed(name, relay);
    const own = (await families[name]?.())?.[name];
    found.set(name, own === undefined ? asked : withSecondOpinion(own, asked));
  }
  return found;
}

/**
 * Starts the process of OPA if one of the builtins always needs it, so that the start does not count against the deadline
 * of a manifest. Where it cannot start, it fails again when a rule calls it; then it is a problem of that rule.
 */
export function startRelay(names: readonly string[], relay: RelayCall): void {
  if (names.some((name) => families[name] === undefined)) relay({ name: "upper", args: ['""'] });
}

function withSecondOpinion(own: Builtin, asked: Builtin): Builtin {
  return (run, ...args) => {
    try {
      return own(run, ...args);
    } catch (error) {
      if (error instanceof AskOpa) return asked(run, ...args);
      throw error;
    }
  };
}

function relayed(name: string, relay: RelayCall): Builtin {
  return (run, ...args) => {
    const outcome = relay({ name, args: args.map(writeValue), terms: true, nowNs: run.nowNs });
    if (outcome.kind === "failed") throw new BuiltinError(`the builtin ${name} gave no answer: ${outcome.message}`);
    const { answer } = outcome;
    switch (answer.kind) {
      case "value":
        return readValue(answer.value);
      case "undefined":
        return undefined;
      case "error":
        throw new BuiltinError(`${name}: ${answer.message}`);
    }
  };
}
