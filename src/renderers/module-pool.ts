import { decodeFrame, encodeFrame } from "../wasm/frame.ts";
import {
  createReactorProcess,
  type Deadline,
  type ReactorOutcome,
  type ReactorProcess,
} from "../wasm/reactor-process.ts";
import { createTurns, type Turns } from "./turns.ts";
import { unpackModule, type PackedModule } from "../wasm/unpacked.ts";
import type { Repeatable } from "../wasm/wasi.ts";

/** What a module said to a request; `failed` is about the request, the others mean that a limit ended it. */
export type ModuleOutcome<Answer> =
  | { readonly kind: "answered"; readonly answer: Answer; readonly blob: Uint8Array }
  | { readonly kind: "failed" | "late" | "memory" | "trap"; readonly message: string };

/** Several processes of one module. Requests beyond their number wait in turn. Never rejects. */
export interface ModulePool {
  ask<Answer>(operation: string, request: object, blob?: Uint8Array): Promise<ModuleOutcome<Answer>>;
  /** The ids of the running processes, for tests and figures. */
  pids(): readonly number[];
  close(): void;
}

export interface ModulePoolOptions {
  readonly module: PackedModule;
  readonly cacheDir: string;
  readonly processes: number;
  readonly memoryLimitMiB: number;
  /** Of one request, the start of its process included, the wait for its turn not. */
  readonly deadlineMs: Deadline;
  readonly idleMs?: number;
  /** Shared by the pools of one renderer; default: its own. */
  readonly turns?: Turns;
  /** Every request finds the instance as it was at its start, with this clock and these random bytes. */
  readonly fresh?: Repeatable;
  /** Whether V8 optimises what has run long in a process; see `ReactorProcessOptions`. */
  readonly optimise?: boolean;
  /** See `ReactorProcessOptions`. */
  readonly stackKiB?: number;
}

/** No process is started before a request needs it. */
export function createModulePool(options: ModulePoolOptions): ModulePool {
  const { module, cacheDir, processes, deadlineMs, turns = createTurns(), ...limits } = options;
  const idle: ReactorProcess[] = [];
  const all = new Set<ReactorProcess>();
  const waiting: ((process: ReactorProcess) => void)[] = [];
  let unpacked: Promise<string> | undefined;

  function unpack(): Promise<string> {
    // Several processes that start at once must not unpack several times.
    unpacked ??= unpackModule(module, cacheDir).finally(() => (unpacked = undefined));
    return unpacked;
  }

  function start(): ReactorProcess {
    const process = createReactorProcess({ module: unpack, prefix: "portcullis", ...limits });
    all.add(process);
    return process;
  }

  function take(): Promise<ReactorProcess> {
    // The one that worked last is the warmest.
    const free = idle.pop();
    if (free !== undefined) return Promise.resolve(free);
    if (all.size < processes) return Promise.resolve(start());
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(process: ReactorProcess): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(process);
    else next(process);
  }

  async function ask<Answer>(operation: string, request: object, blob?: Uint8Array): Promise<ModuleOutcome<Answer>> {
    const process = await take();
    try {
      const message = encodeFrame(toJson({ operation, request }), blob);
      const isFresh = process.isFresh();
      const first = await turns.beside(() => process.ask(message, deadlineMs));
      const outcome = mayDependOnLoad(first, isFresh)
        ? await turns.alone(() => process.ask(message, deadlineMs))
        : first;
      switch (outcome.kind) {
        case "late":
          return { kind: "late", message: `${operation} timed out after ${outcome.deadlineMs / 1000} s` };
        case "trap":
          return outOfMemory.test(outcome.message)
            ? { kind: "memory", message: `${operation} needed more than ${options.memoryLimitMiB} MiB` }
            : { kind: "trap", message: `${operation} stopped: ${firstLine(outcome.message)}` };
        case "answer": {
          const { header, blob: rest } = decodeFrame(outcome.bytes);
          const { answer, error } = header as { readonly answer?: Answer; readonly error?: string };
          if (answer === undefined) return { kind: "failed", message: error ?? "no answer" };
          return { kind: "answered", answer, blob: rest };
        }
      }
    } catch (error) {
      return { kind: "trap", message: `${operation} could not be run: ${String(error)}` };
    } finally {
      giveBack(process);
    }
  }

  return {
    ask,
    pids: () => [...all].flatMap((process) => process.pid() ?? []),
    close: () => all.forEach((process) => process.close()),
  };
}

// Go reads every number of such a request as a double: an integer beyond that loses the same digits here.
function toJson(value: object): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item));
}

/**
 * Whether other work may be why a request failed: the time that it took, the memory that earlier requests had grown, or a
 * machine without memory. Then it is asked once more, alone and of a new process.
 */
function mayDependOnLoad(outcome: ReactorOutcome, isFresh: boolean): boolean {
  if (outcome.kind !== "trap") return outcome.kind === "late";
  return killed.test(outcome.message) || (!isFresh && outOfMemory.test(outcome.message));
}

const killed = /^the process ended \(SIG/;

const outOfMemory = /out of memory|cannot allocate memory|memory\.grow|could not allocate/i;

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? text;
}
