import { createHash, randomFillSync } from "node:crypto";

/** Thrown when a module exits; its output says why. */
class WasmExit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`the module exited with code ${code}`);
    this.name = "WasmExit";
    this.code = code;
  }
}

/** The number of characters that are kept of the output of a module, the newest. */
const outputLimit = 16_384;

const success = 0;
const badFile = 8;
const invalid = 28;
const notSupported = 52;
const monotonic = 1;
const clockEvent = 0;

/** The imports of a module for wasi_snapshot_preview1, and its output. */
export interface Wasi {
  readonly imports: { readonly [name: string]: (...args: never[]) => unknown };
  /** Must be called with the memory of the instance before anything runs. */
  attach(memory: WebAssembly.Memory): void;
  output(): string;
  /** Saves the state of the virtual clock and of the random bytes; the returned function restores it. */
  readonly mark: () => () => void;
}

/** A clock and random bytes that are the same in every run. */
export interface Repeatable {
  /** The time of the clock, in nanoseconds since 1970. It does not advance, except by waits. */
  readonly startNs: bigint;
  readonly seed: string;
}

/**
 * A system with a clock, random bytes and a captured console: no files, no environment, no arguments, no network. Other
 * calls return an error number, as WASI allows. With `repeatable` the clock and the random bytes are virtual.
 */
export function createWasi(repeatable?: Repeatable): Wasi {
  let memory: WebAssembly.Memory | undefined;
  let printed = "";
  const decoder = new TextDecoder();
  // The buffer is detached whenever the memory grows, so a view is valid only within a call.
  const view = () => {
    if (memory === undefined) throw new Error("the instance called its host before its memory was known");
    return new DataView(memory.buffer);
  };
  const put32 = (...pairs: readonly (readonly [address: number, value: number])[]) => {
    const bytes = view();
    for (const [address, value] of pairs) bytes.setUint32(address, value, true);
    return success;
  };
  const { now, pass, random, mark } = repeatable === undefined ? realTime() : virtualTime(repeatable);

  const offered = {
    // A program may rely on having a name, which is empty here.
    args_get(pointers: number, text: number) {
      view().setUint8(text, 0);
      return put32([pointers, text]);
    },
    args_sizes_get: (count: number, size: number) => put32([count, 1], [size, 1]),
    environ_get: () => success,
    environ_sizes_get: (count: number, size: number) => put32([count, 0], [size, 0]),
    clock_time_get(clock: number, _precision: bigint, address: number) {
      view().setBigUint64(address, now(clock), true);
      return success;
    },
    random_get(address: number, length: number) {
      random(new Uint8Array(view().buffer, address, length));
      return success;
    },
    sched_yield: () => success,
    fd_write(file: number, vectors: number, count: number, written: number) {
      if (file !== 1 && file !== 2) return badFile;
      const bytes = view();
      let total = 0;
      for (let i = 0; i < count; i++) {
        const address = bytes.getUint32(vectors + 8 * i, true);
        const length = bytes.getUint32(vectors + 8 * i + 4, true);
        printed += decoder.decode(new Uint8Array(bytes.buffer, address, length), { stream: true });
        total += length;
      }
      if (printed.length > outputLimit) printed = printed.slice(-outputLimit);
      return put32([written, total]);
    },
    fd_fdstat_get(file: number, address: number) {
      if (file > 2) return badFile;
      new Uint8Array(view().buffer, address, 24).fill(0);
      view().setUint8(address, 2); // a character device
      return success;
    },
    fd_fdstat_set_flags: (file: number) => (file > 2 ? badFile : success),
    fd_prestat_get: () => badFile,
    fd_prestat_dir_name: () => badFile,
    fd_close: () => badFile,
    fd_read: () => badFile,
    fd_seek: () => badFile,
    fd_readdir: () => badFile,
    fd_filestat_get: () => badFile,
    // A wait must advance the clock, otherwise the scheduler inside would loop.
    poll_oneoff(subscriptions: number, events: number, count: number, happened: number) {
      if (count === 0) return invalid;
      const bytes = view();
      let shortest: bigint | undefined;
      for (let i = 0; i < count; i++) {
        const at = subscriptions + 48 * i;
        if (bytes.getUint8(at + 8) !== clockEvent) continue;
        const absolute = (bytes.getUint16(at + 40, true) & 1) === 1;
        const asked = bytes.getBigUint64(at + 24, true);
        const wait = absolute ? asked - now(bytes.getUint32(at + 16, true)) : asked;
        if (shortest === undefined || wait < shortest) shortest = wait;
      }
      if (shortest !== undefined && shortest > 0n) pass(shortest);
      for (let i = 0; i < count; i++) {
        const at = subscriptions + 48 * i;
        const kind = bytes.getUint8(at + 8);
        bytes.setBigUint64(events + 32 * i, bytes.getBigUint64(at, true), true);
        bytes.setUint16(events + 32 * i + 8, kind === clockEvent ? success : badFile, true);
        bytes.setUint8(events + 32 * i + 10, kind);
      }
      return put32([happened, count]);
    },
    proc_exit(code: number) {
      throw new WasmExit(code);
    },
  };
  const imports = new Proxy(offered, {
    get: (target, name) => Reflect.get(target, name) ?? (() => notSupported),
  }) as unknown as Wasi["imports"];
  return { imports, attach: (given) => void (memory = given), output: () => printed, mark };
}

interface Time {
  readonly now: (clock: number) => bigint;
  /** Advances the clock by so many nanoseconds. */
  readonly pass: (nanoseconds: bigint) => void;
  readonly random: (bytes: Uint8Array) => void;
  readonly mark: () => () => void;
}

function realTime(): Time {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  return {
    now: (clock) =>
      clock === monotonic
        ? process.hrtime.bigint()
        : BigInt(Math.round((performance.timeOrigin + performance.now()) * 1e6)),
    pass: (nanoseconds) => void Atomics.wait(sleeper, 0, 0, Math.min(Number(nanoseconds) / 1e6, 1000)),
    random: (bytes) => void randomFillSync(bytes),
    mark: () => () => undefined,
  };
}

function virtualTime({ startNs, seed }: Repeatable): Time {
  let passed = 0n;
  let drawn = 0;
  return {
    now: (clock) => (clock === monotonic ? passed + 1n : startNs + passed),
    pass: (nanoseconds) => void (passed += nanoseconds),
    random(bytes) {
      for (let at = 0; at < bytes.length; at += 32) {
        const block = createHash("sha256").update(`${seed}/${drawn++}`).digest();
        bytes.set(block.subarray(0, Math.min(32, bytes.length - at)), at);
      }
    },
    mark() {
      const then = { passed, drawn };
      return () => void ({ passed, drawn } = then);
    },
  };
}
