import type { Deadline, ReactorProcess } from "../../wasm/reactor-process.ts";
import { toolchainArtifact, type ToolchainArtifact } from "./artifact.ts";
import { defaultCacheDirectory } from "./cache-directory.ts";
import { compileKey, createCompileCache } from "./compile-cache.ts";
import type {
  BuiltinAnswer,
  BuiltinRequest,
  CompileAnswer,
  CompileRequest,
  EvaluateAnswer,
  EvaluateRequest,
  FormatAnswer,
  ModuleSource,
  TestAnswer,
  TestRequest,
  ToolchainOutcome,
  TraceAnswer,
  TraceRequest,
} from "./protocol.ts";

/** What a toolchain is created with. */
export interface ToolchainOptions {
  /** Default: `defaultCacheDirectory()`. */
  readonly cacheDir?: string;
  /** The memory limit of the toolchain in MiB; default 1024. */
  readonly memoryLimitMiB?: number;
  /** Of one request, the start of the process included; default 60,000. */
  readonly deadlineMs?: Deadline;
  /** The process ends after so long without a request; default 60,000. */
  readonly idleMs?: number;
  /** An artifact other than the one that ships. */
  readonly artifact?: ToolchainArtifact;
}

/** The compiler, tester, formatter and evaluator of OPA. Never rejects: a failure is an outcome. */
export interface Toolchain {
  /** The digest of the toolchain itself. */
  readonly digest: string;
  /** Answers from the cache if possible; then no process is started. */
  compile(request: CompileRequest): Promise<ToolchainOutcome<CompileAnswer>>;
  test(request: TestRequest): Promise<ToolchainOutcome<TestAnswer>>;
  format(module: ModuleSource): Promise<ToolchainOutcome<FormatAnswer>>;
  evaluate(request: EvaluateRequest): Promise<ToolchainOutcome<EvaluateAnswer>>;
  /** Runs the evaluator of OPA with tracing, which is far slower than the compiled module. */
  trace(request: TraceRequest): Promise<ToolchainOutcome<TraceAnswer>>;
  builtin(request: BuiltinRequest): Promise<ToolchainOutcome<BuiltinAnswer>>;
  /** The id of the running process, if there is one. */
  pid(): number | undefined;
  close(): void;
}

type Answered<T> = ToolchainOutcome<{ readonly answer: T; readonly blob: Uint8Array }>;

/** Creates a toolchain. Nothing is started or unpacked before the first request. */
export function createToolchain(options: ToolchainOptions = {}): Toolchain {
  const artifact = options.artifact ?? toolchainArtifact();
  const cacheDir = options.cacheDir ?? defaultCacheDirectory();
  const deadlineMs = options.deadlineMs ?? 60_000;
  const cache = createCompileCache(cacheDir);
  const compiling = new Map<string, Promise<ToolchainOutcome<CompileAnswer>>>();
  let process: Promise<ReactorProcess> | undefined;
  let running: ReactorProcess | undefined;

  // A cache hit must not pay for loading what only a miss needs.
  async function start(): Promise<ReactorProcess> {
    const [{ createReactorProcess }, { unpackModule }] = await Promise.all([
      import("../../wasm/reactor-process.ts"),
      import("../../wasm/unpacked.ts"),
    ]);
    running = createReactorProcess({
      module: () => unpackModule(artifact, cacheDir),
      prefix: "portcullis",
      memoryLimitMiB: options.memoryLimitMiB ?? 1024,
      ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
    });
    return running;
  }

  async function ask<T>(operation: string, request: object): Promise<Answered<T>> {
    try {
      const { decodeFrame, encodeFrame } = await import("../../wasm/frame.ts");
      const { toExactJson } = await import("./exact-json.ts");
      process ??= start();
      const frame = encodeFrame(`{"operation":${JSON.stringify(operation)},"request":${toExactJson(request)}}`);
      const outcome = await (await process).ask(frame, deadlineMs);
      switch (outcome.kind) {
        case "late":
          return failed("deadline", `the toolchain did not answer within ${outcome.deadlineMs} ms (${operation})`);
        case "trap":
          return failed("crash", `the toolchain stopped (${operation}): ${outcome.message}`);
        case "answer": {
          const { header, blob } = decodeFrame(outcome.bytes);
          const { answer, error } = header as { readonly answer?: T; readonly error?: string };
          if (answer === undefined) return failed("refused", `${operation}: ${error ?? "no answer"}`);
          return { kind: "answer", answer: { answer, blob } };
        }
      }
    } catch (error) {
      return failed("crash", `the toolchain could not be used (${operation}): ${String(error)}`);
    }
  }

  async function plain<T>(operation: string, request: object): Promise<ToolchainOutcome<T>> {
    const outcome = await ask<T>(operation, request);
    return outcome.kind === "answer" ? { kind: "answer", answer: outcome.answer.answer } : outcome;
  }

  async function compile(request: CompileRequest, key: string): Promise<ToolchainOutcome<CompileAnswer>> {
    const known = await cache.get(key);
    if (known !== undefined) return { kind: "answer", answer: known };
    const outcome = await ask<Omit<CompileAnswer, "builtins" | "wasm">>("compile", request);
    if (outcome.kind === "failed") return outcome;
    const { answer, blob } = outcome.answer;
    const complete = blob.length === 0 ? { ...answer, builtins: [] } : await withModule(answer, blob);
    await cache.put(key, complete);
    return { kind: "answer", answer: complete };
  }

  return {
    digest: artifact.sha256,
    compile(request) {
      // Tests are not part of the module: an edited test must not cause recompilation.
      const policies = { ...request, modules: request.modules.filter(({ path }) => !path.endsWith("_test.rego")) };
      const key = compileKey(policies, artifact.sha256);
      const underWay = compiling.get(key);
      if (underWay !== undefined) return underWay;
      const outcome = compile(policies, key).finally(() => compiling.delete(key));
      compiling.set(key, outcome);
      return outcome;
    },
    test: (request) => plain("test", request),
    format: (module) => plain("format", module),
    evaluate: (request) => plain("evaluate", withTime(request)),
    trace: (request) => plain("trace", request),
    builtin: (request) => plain("builtin", withTime(request)),
    pid: () => running?.pid(),
    close: () => running?.close(),
  };
}

async function withModule(answer: Omit<CompileAnswer, "builtins" | "wasm">, blob: Uint8Array): Promise<CompileAnswer> {
  const { prepareModule } = await import("./prepare-module.ts");
  return { ...answer, ...prepareModule(blob) };
}

function failed(reason: "deadline" | "crash" | "refused", message: string): ToolchainOutcome<never> {
  return { kind: "failed", reason, message };
}

// Nanoseconds do not fit into a double, which the other side would use for a number.
function withTime(request: { readonly nowNs?: bigint }): object {
  return request.nowNs === undefined ? request : { ...request, nowNs: String(request.nowNs) };
}
