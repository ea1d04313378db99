import { readUnsigned, unsigned } from "./instructions.ts";

const memorySection = 5;

/**
 * Returns the module with a maximum of `pages` (64 KiB each) for its own memory: compilers leave it out, and Node.js
 * offers no limit from outside. A lower maximum is kept. Throws if the module has no memory of its own.
 */
export function capMemory(module: Uint8Array, pages: number): Uint8Array {
  let at = 8;
  while (at < module.length) {
    const id = module[at];
    const [size, content] = readUnsigned(module, at + 1);
    if (id !== memorySection) {
      at = content + size;
      continue;
    }
    const [count, flagsAt] = readUnsigned(module, content);
    const flags = module[flagsAt];
    if (count !== 1 || (flags !== 0 && flags !== 1)) throw new Error("expected one plain 32-bit memory");
    const [initial, afterInitial] = readUnsigned(module, flagsAt + 1);
    const maximum = flags === 1 ? Math.min(pages, readUnsigned(module, afterInitial)[0]) : pages;
    if (initial > maximum) throw new Error(`the module needs ${initial} pages of memory, the limit is ${maximum}`);
    const limits = [1, 1, ...unsigned(initial), ...unsigned(maximum)];
    const head = [memorySection, ...unsigned(limits.length), ...limits];
    const rest = module.subarray(content + size);
    const capped = new Uint8Array(at + head.length + rest.length);
    capped.set(module.subarray(0, at));
    capped.set(head, at);
    capped.set(rest, at + head.length);
    return capped;
  }
  throw new Error("the module has no memory of its own");
}
