import { assemble } from "../../wasm/instructions.ts";
import { openModule } from "../../wasm/module-patch.ts";
import { keepOrders } from "./kept-orders.ts";

/*
 * OPA's evaluator iterates sets and objects in the order of their keys. Its WebAssembly runtime iterates by hash, so that
 * `concat(", ", a_set)` or `[k | some k in a_set]` would give other text. The runtime has one function for iteration,
 * opa_value_iter(collection, previous key) → next key: here it gets a body that answers in order.
 *
 * Layout of the runtime's values (wasm/src/value.h of OPA): type u8 at 0; of objects and sets: buckets at 4, number of
 * buckets at 8, length at 12; of a bucket's element: key at 0, next element at 8 (object) or 4 (set).
 */
const objectType = 6;
const setType = 7;

/** Up to this length the next key of an object is found by a scan; above it, from a sorted array of the keys. */
const scanLimit = 2;

/**
 * Returns the module with sets and objects iterated in key order, as the evaluator of OPA does. Throws if the runtime
 * is not the known one.
 */
export function orderIteration(wasm: Uint8Array): Uint8Array {
  const module = openModule(wasm);
  const named = (name: string) => {
    const index = module.functionNamed(name);
    if (index === undefined) throw new Error(`OPA's runtime has no function ${name}`);
    return index;
  };
  const iterate = named("opa_value_iter");
  const compare = named("opa_value_compare");
  const raw = module.addFunction(iterate, module.body(iterate));
  const scan = module.addFunction(iterate, scanBody(compare));
  const fill = module.addFunction(iterate, sortedKeysBody(compare));
  const step = keepOrders(module, { iterate, scan, fill });
  module.replaceBody(iterate, dispatchBody(raw, scan, step));

  // The only builtin of the runtime that makes text from a set without that function.
  const concat = module.functionNamed("opa_strings_concat");
  if (concat !== undefined) {
    const rawConcat = module.addFunction(concat, module.body(concat));
    module.replaceBody(concat, concatBody(iterate, rawConcat, named("opa_array"), named("opa_array_append")));
  }
  return module.toBytes();
}

function dispatchBody(raw: number, scan: number, step: number): Uint8Array {
  const [node, previous, type] = [0, 1, 2];
  return assemble(1, `
    local.get ${node} i32.eqz if i32.const 0 return end
    local.get ${node} i32.load8_u 0 local.set ${type}
    local.get ${type} i32.const ${objectType} i32.ne
    local.get ${type} i32.const ${setType} i32.ne
    i32.and
    if local.get ${node} local.get ${previous} call ${raw} return end
    local.get ${node} i32.load 12 i32.eqz if i32.const 0 return end
    local.get ${node} i32.load 12 i32.const 1 i32.eq
    if
    local.get ${previous} if i32.const 0 return end
    else
    local.get ${type} i32.const ${setType} i32.eq
    local.get ${node} i32.load 12 i32.const ${scanLimit} i32.gt_u
    i32.or
    if local.get ${node} local.get ${previous} call ${step} return end
    end
    local.get ${node} local.get ${previous} call ${scan}`);
}

/**
 * Runs `visit` with the local `key` set to every key of `node`; needs the locals buckets, index, element and key, in
 * this order.
 */
function forEachKey(node: number, first: number, visit: string): string {
  const [buckets, index, element, key] = [first, first + 1, first + 2, first + 3];
  return `
    local.get ${node} i32.load 4 local.set ${buckets}
    i32.const 0 local.set ${index}
    block loop
    local.get ${index} local.get ${node} i32.load 8 i32.ge_u br_if 1
    local.get ${buckets} local.get ${index} i32.const 2 i32.shl i32.add i32.load 0 local.set ${element}
    block loop
    local.get ${element} i32.eqz br_if 1
    local.get ${element} i32.load 0 local.set ${key}
    ${visit}
    local.get ${node} i32.load8_u 0 i32.const ${objectType} i32.eq
    if local.get ${element} i32.load 8 local.set ${element}
    else local.get ${element} i32.load 4 local.set ${element} end
    br 0 end end
    local.get ${index} i32.const 1 i32.add local.set ${index}
    br 0 end end`;
}

/** (collection, previous) → the smallest key greater than previous, by a scan. */
function scanBody(compare: number): Uint8Array {
  const [node, previous, best, key] = [0, 1, 2, 6];
  return assemble(5, `
    ${forEachKey(node, 3, `
      block
      local.get ${key} local.get ${previous} i32.eq br_if 0
      local.get ${previous}
      if local.get ${key} local.get ${previous} call ${compare} i32.const 0 i32.gt_s i32.eqz br_if 1 end
      local.get ${best}
      if local.get ${key} local.get ${best} call ${compare} i32.const 0 i32.lt_s i32.eqz br_if 1 end
      local.get ${key} local.set ${best}
      end
    `)}
    local.get ${best}`);
}

/** (collection, array) → fills the array with the keys and sorts it (Shell sort); the result has no meaning. */
function sortedKeysBody(compare: number): Uint8Array {
  const [node, array, count, key, gap, i, j, held] = [0, 1, 2, 6, 7, 8, 9, 10];
  const slot = (index: number) => `local.get ${array} local.get ${index} i32.const 2 i32.shl i32.add`;
  return assemble(9, `
    ${forEachKey(node, 3, `
      ${slot(count)} local.get ${key} i32.store 0
      local.get ${count} i32.const 1 i32.add local.set ${count}
    `)}
    local.get ${count} local.set ${gap}
    block loop
    local.get ${gap} i32.const 1 i32.shr_u local.tee ${gap} i32.eqz br_if 1
    local.get ${gap} local.set ${i}
    block loop
    local.get ${i} local.get ${count} i32.ge_u br_if 1
    ${slot(i)} i32.load 0 local.set ${held}
    local.get ${i} local.set ${j}
    block loop
    local.get ${gap} local.get ${j} i32.gt_u br_if 1
    ${slot(j)} local.get ${gap} i32.const 2 i32.shl i32.sub i32.load 0 local.tee ${key}
    local.get ${held} call ${compare} i32.const 0 i32.gt_s i32.eqz br_if 1
    ${slot(j)} local.get ${key} i32.store 0
    local.get ${j} local.get ${gap} i32.sub local.set ${j}
    br 0 end end
    ${slot(j)} local.get ${held} i32.store 0
    local.get ${i} i32.const 1 i32.add local.set ${i}
    br 0 end end
    br 0 end end
    i32.const 0`);
}

/** (delimiter, collection) → as before, with a set passed as the array of its members in order. */
function concatBody(iterate: number, raw: number, array: number, append: number): Uint8Array {
  const [delimiter, collection, list, member] = [0, 1, 2, 3];
  return assemble(2, `
    local.get ${collection} i32.load8_u 0 i32.const ${setType} i32.eq
    if
    call ${array} local.set ${list}
    block loop
    local.get ${collection} local.get ${member} call ${iterate} local.tee ${member} i32.eqz br_if 1
    local.get ${list} local.get ${member} call ${append}
    br 0 end end
    local.get ${list} local.set ${collection}
    end
    local.get ${delimiter} local.get ${collection} call ${raw}`);
}
