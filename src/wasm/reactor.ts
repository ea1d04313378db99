import { exportGlobals, globalPrefix } from "./export-globals.ts";
import { capMemory } from "./memory-cap.ts";
import { createWasi, type Repeatable } from "./wasi.ts";

const pageSize = 65_536;

/** WebAssembly memory never shrinks: after a call that grew it by more, a new instance is created. */
const grownLimit = 256 * 1024 * 1024;

/**
 * An instance of a reactor: a module that exports `<prefix>_alloc`, `<prefix>_call` and `<prefix>_free`, and answers
 * bytes with bytes. A call that throws leaves the instance in an undefined state, in which it may still answer, but
 * wrongly. Discard it.
 */
export interface Reactor {
  call(request: Uint8Array): Uint8Array;
  /** What it has printed, for the message of a failure. */
  output(): string;
  memoryBytes(): number;
}

/** What a reactor is created with. */
export interface ReactorOptions {
  readonly prefix: string;
  readonly memoryLimitMiB: number;
  /** If set, every call finds the instance as it was after initialisation, with this clock and these random bytes. */
  readonly fresh?: Repeatable;
}

/** Compiles, instantiates and initialises a reactor in this thread. */
export function createReactor(module: Uint8Array, options: ReactorOptions): Reactor {
  const capped = capMemory(module, Math.floor((options.memoryLimitMiB * 1024 * 1024) / pageSize));
  if (options.fresh === undefined) return instantiate(new WebAssembly.Module(capped), options);
  const compiled = new WebAssembly.Module(exportGlobals(capped));
  let current = instantiate(compiled, options);
  let { restore, size } = keepState(current);
  let used = false;
  return {
    call(request) {
      if (used && current.memoryBytes() - size > grownLimit) {
        current = instantiate(compiled, options);
        ({ restore, size } = keepState(current));
      } else if (used) restore();
      used = true;
      return current.call(request);
    },
    output: () => current.output(),
    memoryBytes: () => current.memoryBytes(),
  };
}

interface Instance extends Reactor {
  readonly memory: WebAssembly.Memory;
  readonly globals: readonly WebAssembly.Global[];
  /** See `Wasi`. */
  readonly mark: () => () => void;
}

// The state of an instance is its memory and its globals; tables and the like do not change. The whole memory is copied
// back, which takes 2 ms for 20 MiB, while a new instance takes 80 ms.
function keepState({ memory, globals, mark }: Instance): { readonly restore: () => void; readonly size: number } {
  const kept = new Uint8Array(memory.buffer).slice();
  const values = globals.map(({ value }) => value);
  const rewind = mark();
  return {
    size: kept.length,
    restore() {
      const now = new Uint8Array(memory.buffer);
      now.set(kept);
      now.fill(0, kept.length);
      for (const [at, one] of globals.entries()) one.value = values[at];
      rewind();
    },
  };
}

function instantiate(module: WebAssembly.Module, options: ReactorOptions): Instance {
  const wasi = createWasi(options.fresh);
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.imports });
  const { memory, _initialize: initialize } = instance.exports;
  const alloc = exported(instance, `${options.prefix}_alloc`) as (size: number) => number;
  const call = exported(instance, `${options.prefix}_call`) as (address: number, size: number) => bigint;
  const free = exported(instance, `${options.prefix}_free`) as (address: number) => void;
  if (!(memory instanceof WebAssembly.Memory) || typeof initialize !== "function") {
    throw new Error("the module is no reactor: it exports no memory or no _initialize");
  }
  wasi.attach(memory);
  initialize();
  return {
    call(request) {
      const address = alloc(request.length) >>> 0;
      new Uint8Array(memory.buffer).set(request, address);
      const packed = BigInt.asUintN(64, call(address, request.length));
      free(address);
      const answer = Number(packed >> 32n);
      const bytes = new Uint8Array(memory.buffer, answer, Number(packed & 0xffff_ffffn)).slice();
      free(answer);
      return bytes;
    },
    output: () => wasi.output(),
    memoryBytes: () => memory.buffer.byteLength,
    memory,
    globals: Object.entries(instance.exports).flatMap(([name, one]) =>
      name.startsWith(globalPrefix) && one instanceof WebAssembly.Global ? [one] : [],
    ),
    mark: wasi.mark,
  };
}

function exported(instance: WebAssembly.Instance, name: string): unknown {
  const value = instance.exports[name];
  if (typeof value !== "function") throw new Error(`the module exports no function ${name}`);
  return value;
}
