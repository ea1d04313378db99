import type { BuiltinAnswer, BuiltinRequest, ToolchainOutcome } from "../toolchain/protocol.ts";
import { readValue } from "../value/read-value.ts";
import { writeValue } from "../value/write-value.ts";
import type { Builtin } from "./builtin.ts";
import { BuiltinError } from "./builtin.ts";
import { families } from "./registry.ts";

/** Asks OPA itself, in its own process, without awaiting. */
export type RelayCall = (request: BuiltinRequest) => ToolchainOutcome<BuiltinAnswer>;

/** The builtins of one compiled policy set by name, ready to be called without awaiting. */
export type Builtins = ReadonlyMap<string, Builtin>;

/**
 * Loads what answers the named builtins and nothing else. What this process does not answer itself is asked of OPA; its
 * process is started here, so that no manifest's deadline pays for it. `openRelay` is called only if it is needed.
 */
export async function loadBuiltins(names: readonly string[], openRelay: () => RelayCall): Promise<Builtins> {
  const found = new Map<string, Builtin>();
  let relay: RelayCall | undefined;
  for (const name of names) {
    const own = (await families[name]?.())?.[name];
    if (own === undefined) relay ??= started(openRelay());
    found.set(name, own ?? relayed(name, relay));
  }
  return found;
}

// A relay that cannot start says so again when a rule calls it, where it is that rule's problem.
function started(relay: RelayCall): RelayCall {
  relay({ name: "upper", args: ['""'] });
  return relay;
}

function relayed(name: string, relay: RelayCall | undefined): Builtin {
  return (run, ...args) => {
    const outcome = relay?.({ name, args: args.map(writeValue), terms: true, nowNs: run.nowNs });
    if (outcome === undefined || outcome.kind === "failed") {
      throw new BuiltinError(`the builtin ${name} gave no answer: ${outcome?.message ?? "nothing was asked"}`);
    }
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
