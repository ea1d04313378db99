import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { BuiltinAnswer, BuiltinRequest, ToolchainOutcome } from "./protocol.ts";

/** What a thread needs to ask; to be posted to it with `port` in the transfer list. */
export interface RelayConnection {
  readonly port: MessagePort;
  /** Holds the number of the last request that was answered. */
  readonly answered: Int32Array<SharedArrayBuffer>;
  readonly deadlineMs: number;
}

/** Calls one builtin of OPA and waits for the answer, in the thread that calls. */
export type BuiltinCaller = (request: BuiltinRequest) => ToolchainOutcome<BuiltinAnswer>;

export interface BuiltinRelay {
  /** For the thread that made the relay. The first call starts the toolchain's process; later ones take some 0.3 ms. */
  readonly call: BuiltinCaller;
  /** A connection for another thread; one thread each. */
  connect(): RelayConnection;
  close(): Promise<void>;
}

export interface BuiltinRelayOptions {
  readonly cacheDir?: string;
  readonly memoryLimitMiB?: number;
  /** Of one call, the start of the process included; default 10,000. */
  readonly deadlineMs?: number;
}

/** Sent to the relay's thread. */
export interface RelayRequest {
  readonly id: number;
  readonly request: BuiltinRequest;
}

/** Sent back before `answered` is raised, so that it lies ready when the caller wakes. */
export interface RelayAnswer {
  readonly id: number;
  readonly outcome: ToolchainOutcome<BuiltinAnswer>;
}

/**
 * A thread that owns a toolchain and can be asked without awaiting, as code inside WebAssembly must. Nothing of it keeps
 * the process alive.
 */
export function createBuiltinRelay(options: BuiltinRelayOptions = {}): BuiltinRelay {
  const deadlineMs = options.deadlineMs ?? 10_000;
  let worker: Worker | undefined;
  let caller: BuiltinCaller | undefined;

  function connect(): RelayConnection {
    if (worker === undefined) {
      worker = new Worker(new URL("./builtin-relay.worker.js", import.meta.url), {
        workerData: { ...options, deadlineMs },
      });
      worker.unref();
      // A relay that died answers nobody: its callers run into their deadline, which is an outcome of theirs.
      worker.on("error", () => (worker = undefined));
    }
    const { port1, port2 } = new MessageChannel();
    const answered = new Int32Array(new SharedArrayBuffer(4));
    worker.postMessage({ port: port2, answered, deadlineMs } satisfies RelayConnection, [port2]);
    return { port: port1, answered, deadlineMs };
  }

  return {
    call: (request) => (caller ??= builtinCaller(connect()))(request),
    connect,
    async close() {
      await worker?.terminate();
      worker = undefined;
      caller = undefined;
    },
  };
}

/** The caller of a connection, to be made in the thread that will use it. */
export function builtinCaller({ port, answered, deadlineMs }: RelayConnection): BuiltinCaller {
  let last = 0;
  return (request) => {
    const id = ++last;
    port.postMessage({ id, request } satisfies RelayRequest);
    // The toolchain has a deadline of its own, which answers first unless the thread itself is stuck.
    const end = performance.now() + deadlineMs + 1000;
    for (let seen = Atomics.load(answered, 0); seen !== id; seen = Atomics.load(answered, 0)) {
      const rest = end - performance.now();
      if (rest <= 0 || Atomics.wait(answered, 0, seen, rest) === "timed-out") {
        return { kind: "failed", reason: "deadline", message: `${request.name} was not answered within ${deadlineMs} ms` };
      }
    }
    for (;;) {
      const received = receiveMessageOnPort(port) as { readonly message: RelayAnswer } | undefined;
      if (received === undefined) throw new Error("the relay raised its flag without an answer");
      if (received.message.id === id) return received.message.outcome;
    }
  };
}
