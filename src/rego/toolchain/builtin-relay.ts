import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import type { BuiltinAnswer, BuiltinRequest, ToolchainOutcome } from "./protocol.ts";

/** What a thread needs to call the relay; post it with `port` in the transfer list. */
export interface RelayConnection {
  readonly port: MessagePort;
  /** Contains the number of the last answered request. */
  readonly answered: Int32Array<SharedArrayBuffer>;
  readonly deadlineMs: number;
}

/** Calls one builtin of OPA and blocks the calling thread until the answer arrives. */
export type BuiltinCaller = (request: BuiltinRequest) => ToolchainOutcome<BuiltinAnswer>;

/** A relay for calls of builtins of OPA. */
export interface BuiltinRelay {
  /**
   * For the thread that created the relay. The first call starts the process of the toolchain; later ones take about
   * 0.3 ms.
   */
  readonly call: BuiltinCaller;
  /** Creates a connection for one other thread. */
  connect(): RelayConnection;
  close(): Promise<void>;
}

/** What a relay is created with. */
export interface BuiltinRelayOptions {
  readonly cacheDir?: string;
  readonly memoryLimitMiB?: number;
  /** Milliseconds for one call, including the start of the process; default 10,000. */
  readonly deadlineMs?: number;
}

/** Sent to the relay's thread. */
export interface RelayRequest {
  readonly id: number;
  readonly request: BuiltinRequest;
}

/** Sent before `answered` is incremented, so that it is available when the caller wakes up. */
export interface RelayAnswer {
  readonly id: number;
  readonly outcome: ToolchainOutcome<BuiltinAnswer>;
}

/**
 * Creates a thread that owns a toolchain and can be called synchronously, as code inside WebAssembly requires. It does
 * not keep the process alive.
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
      // A relay that crashed answers nothing: its callers reach their deadline, which is an outcome for them.
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

/** Creates the caller of a connection, in the thread that will use it. */
export function builtinCaller({ port, answered, deadlineMs }: RelayConnection): BuiltinCaller {
  let last = 0;
  return (request) => {
    const id = ++last;
    port.postMessage({ id, request } satisfies RelayRequest);
    // The toolchain has a deadline of its own and answers first, unless its thread itself hangs.
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
