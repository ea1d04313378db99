import { capMemory } from "./memory-cap.ts";
import { createWasi } from "./wasi.ts";

const pageSize = 65_536;

/**
 * An instance of a reactor: a module that offers `<prefix>_alloc`, `<prefix>_call` and `<prefix>_free` and answers bytes
 * with bytes. A call that throws leaves the instance poisoned: it may answer once more and be wrong. Discard it.
 */
export interface Reactor {
  call(request: Uint8Array): Uint8Array;
  /** What it printed so far, for the message of a failure. */
  output(): string;
  memoryBytes(): number;
}

export interface ReactorOptions {
  readonly prefix: string;
  readonly memoryLimitMiB: number;
}

/** Compiles, instantiates and initialises a reactor in this thread. */
export function createReactor(module: Uint8Array, options: ReactorOptions): Reactor {
  const wasi = createWasi();
  const capped = capMemory(module, Math.floor((options.memoryLimitMiB * 1024 * 1024) / pageSize));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(capped), {
    wasi_snapshot_preview1: wasi.imports,
  });
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
  };
}

function exported(instance: WebAssembly.Instance, name: string): unknown {
  const value = instance.exports[name];
  if (typeof value !== "function") throw new Error(`the module exports no function ${name}`);
  return value;
}
