// TypeScript declares WebAssembly only together with the DOM of browsers, and @types/node 20 does not: this declares
// the part that is used.
declare namespace WebAssembly {
  type ImportValue = ((...args: never[]) => unknown) | Memory | Table | Global;
  interface Imports {
    readonly [module: string]: { readonly [name: string]: ImportValue };
  }
  interface MemoryDescriptor {
    readonly initial: number;
    readonly maximum?: number;
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor);
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Table {
    readonly length: number;
  }
  class Global {
    value: unknown;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBufferLike>);
    static exports(module: Module): { readonly name: string; readonly kind: string }[];
    static imports(module: Module): { readonly module: string; readonly name: string; readonly kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: { readonly [name: string]: unknown };
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  function compile(bytes: Uint8Array<ArrayBufferLike>): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
