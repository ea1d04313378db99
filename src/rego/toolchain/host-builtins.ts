/**
 * The builtins that a module compiled by OPA calls on its host, as the module lists them. Instantiates the module once,
 * without running any policy.
 */
export function hostBuiltins(wasm: Uint8Array): readonly string[] {
  const memory = new WebAssembly.Memory({ initial: 16 });
  const unexpected = () => {
    throw new Error("a module that lists its builtins called one");
  };
  const env = {
    memory,
    opa_abort: unexpected,
    opa_println: unexpected,
    opa_builtin0: unexpected,
    opa_builtin1: unexpected,
    opa_builtin2: unexpected,
    opa_builtin3: unexpected,
    opa_builtin4: unexpected,
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env });
  const { builtins, opa_json_dump: dump } = exports as {
    readonly builtins: () => number;
    readonly opa_json_dump: (value: number) => number;
  };
  const text = dump(builtins());
  const bytes = new Uint8Array(memory.buffer, text);
  return Object.keys(
    JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))) as { [name: string]: number },
  ).toSorted();
}
