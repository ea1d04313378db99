import { toJsonText } from "../manifest/json-text.ts";
import type { Json } from "../model/json.ts";
import type { ReactorProcess } from "../wasm/reactor-process.ts";
import { shippedModule, type ShippedModule } from "../wasm/shipped-module.ts";

/** What the module is created with. */
export interface CelModuleOptions {
  readonly cacheDir: string;
  /** Of one request, the start of the process included; default 60,000. */
  readonly deadlineMs?: number;
  /** Default 1024. */
  readonly memoryLimitMiB?: number;
  /** Another module than the one that ships. */
  readonly module?: ShippedModule;
}

/** What the module said; `failed` is a sentence on why it said nothing. */
export type CelOutcome<Answer> =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly message: string };

/** Something that the module compiles once and keeps: a CRD or an admission policy. */
export interface CelDefinition {
  /** Equal for equal definitions. */
  readonly digest: string;
  readonly value: Json;
}

/** The API server's CEL in WebAssembly, in a process of its own that is started by the first request. Never rejects. */
export interface CelModule {
  readonly digest: string;
  /** Asks about `items` by a definition, which is sent along where the module does not know it yet. */
  ask<Answer extends { readonly missing?: boolean }>(
    operation: "rules" | "policies",
    definition: CelDefinition,
    items: { readonly [list: string]: readonly Json[] },
  ): Promise<CelOutcome<Answer>>;
  /** The id of the running process, for tests and figures. */
  pid(): number | undefined;
  close(): void;
}

/** Creates the host of the module; nothing is loaded before a request needs it. */
export function createCelModule(options: CelModuleOptions): CelModule {
  let shipped = options.module;
  const module = (): ShippedModule => (shipped ??= shippedModule("cel"));
  let running: Promise<ReactorProcess> | undefined;
  let process: ReactorProcess | undefined;

  async function start(): Promise<ReactorProcess> {
    const [{ createReactorProcess }, { unpackModule }] = await Promise.all([
      import("../wasm/reactor-process.ts"),
      import("../wasm/unpacked.ts"),
    ]);
    process = createReactorProcess({
      module: () => unpackModule(module(), options.cacheDir),
      prefix: "portcullis",
      memoryLimitMiB: options.memoryLimitMiB ?? 1024,
    });
    return process;
  }

  async function once<Answer>(request: string): Promise<CelOutcome<Answer>> {
    try {
      const { decodeFrame, encodeFrame } = await import("../wasm/frame.ts");
      running ??= start();
      const outcome = await (await running).ask(encodeFrame(request), options.deadlineMs ?? 60_000);
      if (outcome.kind === "late")
        return { kind: "failed", message: `CEL was not evaluated within ${outcome.deadlineMs / 1000} s` };
      if (outcome.kind === "trap") return { kind: "failed", message: `CEL was not evaluated: ${outcome.message}` };
      const { answer, error } = decodeFrame(outcome.bytes).header as {
        readonly answer?: Answer;
        readonly error?: string;
      };
      return answer === undefined
        ? { kind: "failed", message: `CEL was not evaluated: ${error ?? "no answer"}` }
        : { kind: "answered", answer };
    } catch (error) {
      return { kind: "failed", message: `CEL could not be evaluated: ${String(error)}` };
    }
  }

  return {
    get digest() {
      return module().sha256;
    },
    async ask<Answer extends { readonly missing?: boolean }>(
      operation: string,
      { digest, value }: CelDefinition,
      items: { readonly [list: string]: readonly Json[] },
    ) {
      const lists = Object.entries(items).map(([name, list]) => `,${JSON.stringify(name)}:${exact(list)}`);
      const ask = (definition: string): Promise<CelOutcome<Answer>> =>
        once(
          `{"operation":${JSON.stringify(operation)},"request":{"digest":${JSON.stringify(digest)}${definition}${lists.join("")}}}`,
        );
      const outcome = await ask("");
      // The process may have been started anew since the definition was sent.
      if (outcome.kind === "failed" || outcome.answer.missing !== true) return outcome;
      return ask(`,"definition":${exact(value)}`);
    },
    pid: () => process?.pid(),
    close: () => process?.close(),
  };
}

/** JSON text with every digit of large integers. */
function exact(value: Json | readonly Json[]): string {
  try {
    return JSON.stringify(value);
  } catch {
    return toJsonText(value);
  }
}
