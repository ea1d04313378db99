import { assemble } from "../../wasm/instructions.ts";
import type { ModulePatch } from "../../wasm/module-patch.ts";
import { insertFirst } from "../../wasm/insert-instructions.ts";

/**
 * The number of orders known at once, so that as many nested iterations are fast; more work too, but slower. A power of
 * two.
 */
const slots = 8;
// The types of arrays, objects and sets follow one another.
const arrayType = 5;
const setType = 7;

/** An order in memory: the number of keys at 0, the position of the key that was returned last at 4, the keys from 8 on. */
const positionAt = 4;
const keysAt = 8;

/** The collection of a slot, 0 if it is free, and its order. */
interface Slot {
  readonly node: number;
  readonly order: number;
}

/** The functions of the module that iterate: all take a collection and a second value. */
export interface IterationFunctions {
  readonly iterate: number;
  /** (collection, previous) → the next key, found by a scan. */
  readonly scan: number;
  /** (collection, array) → fills the array with the keys, sorted. */
  readonly fill: number;
}

/**
 * Adds the function (collection, previous) → next key for collections of several keys, and returns its index. It sorts the keys
 * once an iteration. The order of a set of arrays, objects or sets is kept when the iteration ends: comparing them takes
 * long, and many rules iterate the same containers. An order is forgotten when its set is freed or the heap reset. Sets
 * lose no members otherwise, so that one of the same address and length has the same.
 */
export function keepOrders(module: ModulePatch, { iterate, scan, fill }: IterationFunctions): number {
  const named = (name: string) => {
    const index = module.functionNamed(name);
    if (index === undefined) throw new Error(`OPA's runtime has no function ${name}`);
    return index;
  };
  const all = Array.from({ length: slots }, () => ({ node: module.addGlobal(), order: module.addGlobal() }));
  const [malloc, free] = [named("opa_malloc"), named("opa_free")];
  const start = module.addFunction(iterate, startBody(all, { fill, malloc, free, turn: module.addGlobal() }));
  const step = module.addFunction(iterate, stepBody(all, { start, scan, free }));
  for (const name of ["opa_free", "opa_free_bulk"]) {
    const index = module.functionNamed(name);
    if (index !== undefined) module.replaceBody(index, insertFirst(module.body(index), forget(all, 0)));
  }
  const reset = named("opa_heap_ptr_set");
  const forgetAll = all.map(({ node }) => `i32.const 0 global.set ${node}`).join(" ");
  module.replaceBody(reset, insertFirst(module.body(reset), forgetAll));
  return step;
}

function forget(all: readonly Slot[], address: number): string {
  return all
    .map(({ node }) => `global.get ${node} local.get ${address} i32.eq if i32.const 0 global.set ${node} end`)
    .join("\n");
}

/** Sets a local to the order of a collection, if one is known. */
function find(all: readonly Slot[], collection: number, found: number): string {
  return all
    .map(({ node, order }) => `global.get ${node} local.get ${collection} i32.eq if global.get ${order} local.set ${found} end`)
    .join("\n");
}

interface StartNeeds {
  readonly fill: number;
  readonly malloc: number;
  readonly free: number;
  readonly turn: number;
}

/** (collection, 0) → the first key. A free slot takes the order; where there is none, another order gives way. */
function startBody(all: readonly Slot[], { fill, malloc, free, turn }: StartNeeds): Uint8Array {
  const [node, order, ignored] = [0, 2, 3];
  const take = ({ node: known, order: kept }: Slot) =>
    `local.get ${node} global.set ${known} local.get ${order} global.set ${kept}`;
  return assemble(2, `
    local.get ${node} i32.load8_u 0 i32.const ${setType} i32.eq
    if
    ${find(all, node, order)}
    local.get ${order}
    if
    local.get ${order} i32.load 0 local.get ${node} i32.load 12 i32.eq
    if
    local.get ${order} i32.const 0 i32.store ${positionAt}
    local.get ${order} i32.load ${keysAt} return
    end
    end
    end
    ${forget(all, node)}
    local.get ${node} i32.load 12 i32.const 2 i32.shl i32.const ${keysAt} i32.add call ${malloc} local.set ${order}
    local.get ${order} local.get ${node} i32.load 12 i32.store 0
    local.get ${order} i32.const 0 i32.store ${positionAt}
    local.get ${node} local.get ${order} i32.const ${keysAt} i32.add call ${fill} local.set ${ignored}
    block
    ${all.map((slot) => `global.get ${slot.node} i32.eqz if ${take(slot)} br 1 end`).join("\n")}
    global.get ${turn} i32.const 1 i32.add i32.const ${slots - 1} i32.and global.set ${turn}
    ${all
      .map((slot, index) => `
        global.get ${turn} i32.const ${index} i32.eq if global.get ${slot.order} call ${free} ${take(slot)} end`)
      .join("\n")}
    end
    local.get ${order} i32.load ${keysAt}`);
}

interface StepNeeds {
  readonly start: number;
  readonly scan: number;
  readonly free: number;
}

/** (collection, previous) → the next key. Iterations of the same set share the position, so it may be that of another. */
function stepBody(all: readonly Slot[], { start, scan, free }: StepNeeds): Uint8Array {
  const [node, previous, order, at, length] = [0, 1, 2, 3, 4];
  const keyAt = (position: number) =>
    `local.get ${order} local.get ${position} i32.const 2 i32.shl i32.add i32.load ${keysAt}`;
  return assemble(3, `
    local.get ${previous} i32.eqz if local.get ${node} local.get ${previous} call ${start} return end
    ${find(all, node, order)}
    local.get ${node} i32.load 12 local.set ${length}
    block
    local.get ${order} i32.eqz br_if 0
    local.get ${order} i32.load 0 local.get ${length} i32.ne br_if 0
    local.get ${order} i32.load ${positionAt} local.set ${at}
    ${keyAt(at)} local.get ${previous} i32.ne
    if
    i32.const 0 local.set ${at}
    block loop
    ${keyAt(at)} local.get ${previous} i32.eq br_if 1
    local.get ${at} i32.const 1 i32.add local.tee ${at} local.get ${length} i32.ge_u br_if 3
    br 0 end end
    end
    local.get ${at} i32.const 1 i32.add local.tee ${at} local.get ${length} i32.ge_u
    if
    local.get ${node} i32.load8_u 0 i32.const ${setType} i32.eq
    if
    local.get ${at} i32.const 1 i32.sub local.set ${at}
    ${keyAt(at)} i32.load8_u 0 i32.const ${arrayType} i32.sub i32.const ${setType - arrayType} i32.gt_u i32.eqz
    if i32.const 0 return end
    end
    ${forget(all, node)}
    local.get ${order} call ${free}
    i32.const 0 return
    end
    local.get ${order} local.get ${at} i32.store ${positionAt}
    ${keyAt(at)} return
    end
    local.get ${node} local.get ${previous} call ${scan}`);
}
