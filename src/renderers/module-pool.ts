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
}

/**
 * Bytes from which on the optimising compiler repays itself within one request: a start takes it four times as long, and
 * then it runs three times as fast.
 */
const large = 1024 * 1024;

interface Started {
  readonly process: ReactorProcess;
  readonly optimising: boolean;
}

/** No process is started before a request needs it. */
export function createModulePool(options: ModulePoolOptions): ModulePool {
  const { module, cacheDir, processes, deadlineMs, turns = createTurns(), ...limits } = options;
  const idle: Started[] = [];
  const all = new Set<Started>();
  const waiting: ((process: Started) => void)[] = [];
  let unpacked: Promise<string> | undefined;

  function unpack(): Promise<string> {
    // Several processes that start at once must not unpack several times.
    unpacked ??= unpackModule(module, cacheDir).finally(() => (unpacked = undefined));
    return unpacked;
  }

  function start(optimise: boolean): Started {
    const process = createReactorProcess({ module: unpack, prefix: "portcullis", optimise, ...limits });
    const started = { process, optimising: optimise };
    all.add(started);
    return started;
  }

  function take(isLarge: boolean): Promise<Started> {
    const suited = idle.findLastIndex(({ optimising }) => optimising || !isLarge);
    // The one that worked last is the warmest.
    const free = idle.splice(suited < 0 ? idle.length - 1 : suited, 1)[0];
    if (free !== undefined && suited >= 0) return Promise.resolve(free);
    if (free !== undefined && all.size >= processes) {
      free.process.close();
      all.delete(free);
    } else if (free !== undefined) idle.push(free);
    if (all.size < processes) return Promise.resolve(start(isLarge));
    return new Promise((resolve) => waiting.push(resolve));
  }

  function giveBack(started: Started): void {
    const next = waiting.shift();
    if (next === undefined) idle.push(started);
    else next(started);
  }

  async function ask<Answer>(operation: string, request: object, blob?: Uint8Array): Promise<ModuleOutcome<Answer>> {
    const started = await take((blob?.length ?? 0) >= large);
    try {
      const message = encodeFrame(toJson({ operation, request }), blob);
      const { process } = started;
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
      giveBack(started);
    }
  }

  return {
    ask,
    pids: () => [...all].flatMap(({ process }) => process.pid() ?? []),
    close: () => all.forEach(({ process }) => process.close()),
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
