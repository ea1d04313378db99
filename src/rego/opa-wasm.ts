import { createRequire } from "node:module";
import type { LoadedPolicy as Loaded } from "@open-policy-agent/opa-wasm";
import type { KnownFacts } from "../model/fact.ts";
import { mostSteps, stepsLeft } from "../wasm/limit-steps.ts";
import { createQuickMatch, quickMatchNumber } from "./quick-match.ts";
import { stepsOfAllocation } from "./toolchain/steps.ts";
import { hostedName, numberKeyMissed } from "./toolchain/hosted-natives.ts";
import type { RegoObject, RegoValue } from "./value/rego-value.ts";
import { readValue } from "./value/read-value.ts";
import { writeValue } from "./value/write-value.ts";

// The package exports this class to CommonJS only, contrary to its types. Its own host functions are not used: they
// lose sets and large integers, override our sprintf, print to the console and throw strings.
const { LoadedPolicy } = createRequire(import.meta.url)("@open-policy-agent/opa-wasm") as {
  LoadedPolicy: typeof Loaded;
};

const quickMatch = createQuickMatch();
const pageSize = 65_536;
const supportedAbi = 1;

/**
 * The longest text of one value that leaves the module or enters it from a builtin: what it becomes in the memory of the
 * process is not limited otherwise.
 */
const longestValueMiB = 16;

/** A compiled policy module, which instances and threads can share. */
export interface PolicyModule {
  readonly module: WebAssembly.Module;
  /** The number of memory pages that an instance starts with. */
  readonly pages: number;
}

/** A failure in one evaluation. The instance must not be used again. */
export class EvaluationError extends Error {
  override readonly name = "EvaluationError";
  /**
   * `input`: the document could not be read; `memory`: the memory limit was reached; `steps`: it took too many steps;
   * `rule`: a rule failed during evaluation.
   */
  readonly reason: "input" | "memory" | "steps" | "rule";

  constructor(reason: EvaluationError["reason"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What an instance is created with. */
export interface InstanceOptions {
  /** Returns `data` in an environment, with what is known of other objects: its JSON text, and a key that is equal for equal texts. */
  readonly data: {
    readonly key: (environment: string | undefined, facts?: KnownFacts) => string;
    readonly text: (environment: string | undefined, facts?: KnownFacts) => string;
  };
  readonly memoryLimitMiB: number;
  /** The most steps of one evaluation. */
  readonly stepLimit: number;
  /** Handles the builtins that the module calls on its host; `undefined` makes the expression undefined. */
  readonly builtin: (name: string, args: readonly RegoValue[]) => RegoValue | undefined;
}

/**
 * One instance of a policy module with its data. Every method can throw EvaluationError, after which the instance is
 * unusable.
 */
export interface PolicyInstance {
  readonly entrypoints: ReadonlyMap<string, number>;
  /** Selects the environment, and the other objects, whose data apply to later evaluations; call it before `read`. */
  use(environment: string | undefined, facts?: KnownFacts): void;
  /** Sets the input of later evaluations, as JSON text. */
  read(input: string): void;
  /**
   * Evaluates an entry point on the input and returns its value in the notation of Rego; undefined if it has no value.
   */
  evaluate(entrypoint: number): string | undefined;
}

/** Compiles a module that OPA built. Throws WebAssembly.CompileError for anything else. */
export function compilePolicyModule(wasm: Uint8Array): PolicyModule {
  // The data segments are not larger than the file; the stack and runtime of OPA need less than 1 MiB besides them.
  return { module: new WebAssembly.Module(wasm), pages: Math.ceil(wasm.byteLength / pageSize) + 32 };
}

/** The exports of a module that OPA built; the address 0 means none. */
interface OpaExports {
  readonly opa_malloc: (size: number) => number;
  readonly opa_free: (address: number) => void;
  readonly opa_heap_ptr_set: (address: number) => void;
  readonly opa_json_parse: (address: number, size: number) => number;
  readonly opa_value_parse: (address: number, size: number) => number;
  readonly opa_value_dump: (value: number) => number;
  readonly opa_json_dump: (value: number) => number;
  readonly opa_eval_ctx_new: () => number;
  readonly opa_eval_ctx_set_input: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_data: (context: number, value: number) => void;
  readonly opa_eval_ctx_set_entrypoint: (context: number, entrypoint: number) => void;
  readonly opa_eval_ctx_get_result: (context: number) => number;
  readonly eval: (context: number) => number;
  readonly builtins: () => number;
  readonly opa_wasm_abi_version: WebAssembly.Global;
  readonly [stepsLeft]: WebAssembly.Global | undefined;
}

/**
 * Instantiates a module with a memory limit and the data without an environment. Throws EvaluationError if they do not
 * fit.
 */
export function instantiate(policy: PolicyModule, options: InstanceOptions): PolicyInstance {
  const maximum = Math.max(policy.pages, options.memoryLimitMiB * 16);
  const memory = new WebAssembly.Memory({ initial: policy.pages, maximum });
  let builtinNames: ReadonlyMap<number, string> = new Map();
  /** The end of the data. */
  let heap = 0;
  const instance = new WebAssembly.Instance(policy.module, { env: { memory, ...hostFunctions() } });
  const opa = instance.exports as unknown as OpaExports;
  if (opa.opa_wasm_abi_version.value !== supportedAbi) throw new EvaluationError("rule", "unknown ABI of OPA's module");
  const steps = opa[stepsLeft];
  if (steps === undefined) throw new EvaluationError("rule", "the module does not count its steps");
  builtinNames = namesByNumber(textAt(opa.opa_json_dump(opa.builtins())));
  const loaded = guard(() => {
    const policies = new LoadedPolicy({ instance } as never, memory, undefined);
    policies.setData(bytesOf(options.data.text(undefined)));
    return policies;
  });
  heap = loaded.dataHeapPtr as number;
  let key = options.data.key(undefined);
  let input = 0;

  return {
    entrypoints: new Map(Object.entries(loaded.entrypoints as Record<string, number>)),
    use: (environment, facts) => {
      const wanted = options.data.key(environment, facts);
      if (wanted === key) return;
      steps.value = mostSteps;
      guard(() => loaded.setData(bytesOf(options.data.text(environment, facts))));
      heap = loaded.dataHeapPtr as number;
      key = wanted;
    },
    read: (text) => {
      steps.value = mostSteps;
      input = guard(() => {
        opa.opa_heap_ptr_set(heap);
        return parse(text, opa.opa_json_parse);
      }, "input");
      if (input === 0) throw new EvaluationError("input", "OPA cannot read the document");
    },
    evaluate: (entrypoint) =>
      guard(() => {
        const context = opa.opa_eval_ctx_new();
        opa.opa_eval_ctx_set_input(context, input);
        opa.opa_eval_ctx_set_data(context, loaded.dataAddr);
        opa.opa_eval_ctx_set_entrypoint(context, entrypoint);
        steps.value = options.stepLimit;
        try {
          opa.eval(context);
        } catch (error) {
          throw (steps.value as number) < stepsOfAllocation ? tooManySteps(options.stepLimit, error) : error;
        }
        steps.value = mostSteps;
        return unwrap(textAt(opa.opa_value_dump(opa.opa_eval_ctx_get_result(context))));
      }),
  };

  function hostFunctions(): { readonly [name: string]: (...args: number[]) => unknown } {
    const builtin = (number: number, _context: number, ...args: number[]): number => {
      if (number === quickMatchNumber) return quickMatch(stringAt(args[0]), stringAt(args[1]));
      if (number === numberKeyMissed) return refuseNumberKey(args[0] ?? 0, args[1] ?? 0);
      const result = options.builtin(
        builtinNames.get(number) ?? hostedName(number) ?? `number ${number}`,
        args.map(valueAt),
      );
      if (result === undefined) return 0;
      const text = writeValue(result);
      if (text.length > longestValueMiB * 1024 * 1024) throw tooLong();
      return parse(text, opa.opa_value_parse);
    };
    return {
      opa_abort: (address: number) => {
        throw abortion(textAt(address), maximum / 16);
      },
      opa_println: () => undefined,
      opa_builtin0: builtin,
      opa_builtin1: builtin,
      opa_builtin2: builtin,
      opa_builtin3: builtin,
      opa_builtin4: builtin,
    };
  }

  function refuseNumberKey(object: number, key: number): number {
    if (object >= heap) return 0;
    const text = writeValue(valueAt(key));
    if ((valueAt(object) as RegoObject).has(text)) {
      const message = `data is looked up by the number ${text}, but its key is the string "${text}"; write the key as a string`;
      throw new EvaluationError("rule", message);
    }
    return 0;
  }

  function valueAt(address: number): RegoValue {
    const dumped = opa.opa_value_dump(address);
    const value = readValue(textAt(dumped));
    opa.opa_free(dumped);
    return value;
  }

  /** The bytes of a string value, as characters: its length is at offset 4 and the address of its text at 8. */
  function stringAt(address = 0): string {
    const view = new DataView(memory.buffer, address);
    return Buffer.from(memory.buffer, view.getUint32(8, true), view.getUint32(4, true)).toString("latin1");
  }

  function textAt(address: number): string {
    const bytes = Buffer.from(memory.buffer);
    const end = bytes.indexOf(0, address);
    if (end - address > longestValueMiB * 1024 * 1024) throw tooLong();
    return bytes.toString("utf8", address, end);
  }

  function parse(text: string, parser: (address: number, size: number) => number): number {
    const size = Buffer.byteLength(text);
    const address = opa.opa_malloc(size);
    Buffer.from(memory.buffer, address, size).write(text);
    return parser(address, size);
  }
}

/** The value in the single result in which OPA wraps every evaluation: `{{"result": VALUE}}`. */
function unwrap(text: string): string | undefined {
  const start = '{{"result": ';
  return text.startsWith(start) ? text.slice(start.length, -2) : undefined;
}

function namesByNumber(json: string): ReadonlyMap<number, string> {
  const numbers = JSON.parse(json) as { readonly [name: string]: number };
  return new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
}

function bytesOf(text: string): ArrayBuffer {
  const bytes = new ArrayBuffer(Buffer.byteLength(text));
  Buffer.from(bytes).write(text);
  return bytes;
}

function abortion(message: string, limitMiB: number): EvaluationError {
  return message === "opa_malloc: failed"
    ? new EvaluationError("memory", `it needed more than ${limitMiB} MiB of memory`)
    : new EvaluationError("rule", message);
}

function tooManySteps(limit: number, cause: unknown): EvaluationError {
  return new EvaluationError("steps", `it took more than ${limit / 1_000_000} million steps`, { cause });
}

function tooLong(): EvaluationError {
  return new EvaluationError("memory", `it needed more than ${longestValueMiB} MiB for the text of one value`);
}

/** Converts whatever an evaluation throws (strings of the package, traps, stack overflow) to EvaluationError. */
function guard<T>(run: () => T, reason: "input" | "rule" = "rule"): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof EvaluationError && error.reason !== "rule") throw error;
    throw new EvaluationError(reason, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
