import { insertAt, insertFirst } from "./insert-instructions.ts";
import { openModule } from "./module-patch.ts";
import { walkCode } from "./walk-code.ts";

/** The exported global that holds how many steps are left. Its host sets it before each call. */
export const stepsLeft = "portcullis_steps_left";

/** What the global starts with: enough for whatever runs while a module is instantiated. */
export const mostSteps = 2 ** 31 - 1;

/** What takes steps. */
export interface Steps {
  /** Whether each turn of a loop of a function takes one, where the loop calls something. */
  readonly countsLoopsOf: (functionName: string) => boolean;
  /** What a call of a function takes, by its name. */
  readonly calls: { readonly [functionName: string]: number };
}

/**
 * Returns the module with a count of steps, at the end of which it traps. The count depends on nothing but the module and its
 * input. Throws if a function is not there, or none has loops that count: then nothing would end.
 */
export function limitSteps(wasm: Uint8Array, { countsLoopsOf, calls }: Steps): Uint8Array {
  const module = openModule(wasm);
  const left = module.addGlobal(mostSteps);
  module.exportGlobal(left, stepsLeft);
  const turn = `global.get ${left} i32.eqz if unreachable end ${less(left, 1)}`;
  for (const [name, cost] of Object.entries(calls)) {
    const index = module.functionNamed(name);
    if (index === undefined) throw new Error(`the module has no function ${name}`);
    const call = `global.get ${left} i32.const ${cost} i32.lt_u if unreachable end ${less(left, cost)}`;
    module.replaceBody(index, insertFirst(module.body(index), call));
  }
  const counted = [...module.names].filter(([name]) => countsLoopsOf(name));
  if (counted.length === 0) throw new Error("the module has no function with a name that was expected");
  for (const [, index] of counted) {
    const body = module.body(index);
    const starts = walkCode(body).loops.flatMap((loop) => (loop.calls ? [loop.start] : []));
    if (starts.length > 0) module.replaceBody(index, insertAt(body, starts, turn));
  }
  return module.toBytes();
}

function less(global: number, steps: number): string {
  return `global.get ${global} i32.const ${steps} i32.sub global.set ${global}`;
}
