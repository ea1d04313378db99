import { assemble } from "../../wasm/instructions.ts";
import { openModule } from "../../wasm/module-patch.ts";
import { quickMatchNumber } from "../quick-match.ts";

const stringType = 4;

/**
 * Returns the module with regex.match asking its host first, and the engine of OPA only if the host passes the question
 * to it. That engine must be compiled before its first match, and recompiles every pattern for every document. A module
 * without matches is returned unchanged.
 */
export function askHostForMatches(wasm: Uint8Array): Uint8Array {
  const module = openModule(wasm);
  const match = module.functionNamed("opa_regex_match");
  const [host, typeOf, boolean] = ["opa_builtin2", "opa_value_type", "opa_boolean"].map((name) =>
    module.functionNamed(name),
  );
  if (match === undefined) return wasm;
  if (host === undefined || typeOf === undefined || boolean === undefined) {
    throw new Error("OPA's runtime is not the one that is known");
  }
  const raw = module.addFunction(match, module.body(match));
  const [pattern, text, answer] = [0, 1, 2];
  const asBefore = `local.get ${pattern} local.get ${text} call ${raw} return`;
  module.replaceBody(
    match,
    assemble(
      1,
      `local.get ${pattern} call ${typeOf} i32.const ${stringType} i32.ne if ${asBefore} end
       local.get ${text} call ${typeOf} i32.const ${stringType} i32.ne if ${asBefore} end
       i32.const ${quickMatchNumber} i32.const 0 local.get ${pattern} local.get ${text} call ${host}
       local.tee ${answer} i32.eqz if ${asBefore} end
       local.get ${answer} i32.const 1 i32.sub call ${boolean}`,
    ),
  );
  return module.toBytes();
}
