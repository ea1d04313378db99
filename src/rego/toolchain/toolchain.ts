import type { Deadline, ReactorProcess } from "../../wasm/reactor-process.ts";
import { toolchainArtifact, type ToolchainArtifact } from "./artifact.ts";
import { defaultCacheDirectory } from "./cache-directory.ts";
import { withTrivyResults } from "../dialects/trivy.ts";
import { compileKey, createCompileCache, encodeEntry, type CompiledEntries } from "./compile-cache.ts";
import type {
  BuiltinAnswer,
  BuiltinRequest,
  CompileAnswer,
  CompileRequest,
  EvaluateAnswer,
  EvaluateRequest,
  ExplainAnswer,
  ExplainRequest,
  FormatAnswer,
  LintAnswer,
  LintRequest,
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
  /** For many requests: code that runs often is optimised. */
  readonly optimise?: boolean;
  /** Policy sets that were compiled before, by this toolchain. */
  readonly compiled?: CompiledEntries;
  /** Told of each policy set that was compiled, or read from a cache. */
  readonly onCompiled?: (key: string, entry: Uint8Array) => void;
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
  lint(request: LintRequest): Promise<ToolchainOutcome<LintAnswer>>;
  explain(request: ExplainRequest): Promise<ToolchainOutcome<ExplainAnswer>>;
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
  const cache = createCompileCache(cacheDir, undefined, options.compiled);
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
      ...(options.optimise === undefined ? {} : { optimise: options.optimise }),
    });
    return running;
  }

  async function ask<T>(operation: string, request: object, limit = deadlineMs): Promise<Answered<T>> {
    try {
      const { decodeFrame, encodeFrame } = await import("../../wasm/frame.ts");
      const { toExactJson } = await import("./exact-json.ts");
      process ??= start();
      const frame = encodeFrame(`{"operation":${JSON.stringify(operation)},"request":${toExactJson(request)}}`);
      const outcome = await (await process).ask(frame, limit);
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

  async function plain<T>(operation: string, request: object, limit?: Deadline): Promise<ToolchainOutcome<T>> {
    const outcome = await ask<T>(operation, request, limit);
    return outcome.kind === "answer" ? { kind: "answer", answer: outcome.answer.answer } : outcome;
  }

  function limitOf(request: { readonly modules: readonly ModuleSource[] }): Deadline {
    return options.deadlineMs ?? modulesDeadline(request);
  }

  async function compile(request: CompileRequest, key: string): Promise<ToolchainOutcome<CompileAnswer>> {
    const known = await cache.get(key);
    if (known !== undefined) return { kind: "answer", answer: known };
    const outcome = await ask<Omit<CompileAnswer, "builtins" | "wasm">>(
      "compile",
      request,
      limitOf(request),
    );
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
      const written = request.modules.filter(({ path }) => !path.endsWith("_test.rego"));
      const policies = { ...request, modules: withTrivyResults(written) };
      const key = compileKey(policies, artifact.sha256);
      const underWay = compiling.get(key);
      if (underWay !== undefined) return underWay;
      const outcome = compile(policies, key).finally(() => compiling.delete(key));
      compiling.set(key, outcome);
      const { onCompiled } = options;
      if (onCompiled === undefined) return outcome;
      return outcome.then((done) => {
        if (done.kind === "answer") onCompiled(key, encodeEntry(key, done.answer));
        return done;
      });
    },
    test: (request) => plain("test", spoken(request), limitOf(request)),
    format: (module) => plain("format", module),
    evaluate: (request) => plain("evaluate", withTime(request)),
    trace: (request) => plain("trace", spoken(request)),
    lint: (request) => plain("lint", request, limitOf(request)),
    explain: (request) => plain("explain", withTime(spoken(request)), limitOf(request)),
    builtin: (request) => plain("builtin", withTime(request)),
    pid: () => running?.pid(),
    close: () => running?.close(),
  };
}

/** A request whose modules may be written in another tool's dialect. */
function spoken<Request extends { readonly modules: readonly ModuleSource[] }>(request: Request): Request {
  return { ...request, modules: withTrivyResults(request.modules) };
}

/** A large set of policies may take longer on a busy machine, in milliseconds. */
function modulesDeadline({ modules }: { readonly modules: readonly ModuleSource[] }): number {
  return Math.min(300_000, 60_000 + 2_000 * modules.length);
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
