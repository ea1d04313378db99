import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createMessageReader, messageLead } from "./frame.ts";
import type { Repeatable } from "./wasi.ts";

/** The first byte of an answer, besides 0: see the program. */
const failed = 1;
const answeredAndGrown = 2;

/**
 * How much a function must have run (about its bytes, times how often) before V8 optimises it. By V8's own budget a
 * single build takes twice the time, most of it for compiling. By this one a process that renders for long gets faster,
 * and a tree of some dozen roots takes little longer than with the baseline compiler alone.
 */
const tieringBudget = 1_600_000_000;

const program = fileURLToPath(new URL("./reactor.worker.js", import.meta.url));

/** The result of a request. After `late` and `trap` the process is gone, and the next request starts a new one. */
export type ReactorOutcome =
  | { readonly kind: "answer"; readonly bytes: Uint8Array }
  | { readonly kind: "late"; readonly deadlineMs: number }
  | { readonly kind: "trap"; readonly message: string };

/** Milliseconds that a request may take: a number, or a function that is asked when the request begins. */
export type Deadline = number | (() => number);

export interface ReactorProcessOptions {
  /** Returns the path of the uncompressed module; called at each start. */
  readonly module: () => Promise<string>;
  readonly prefix: string;
  readonly memoryLimitMiB: number;
  /**
   * If set, every request finds the instance as it was after initialisation, with this clock and these random bytes.
   */
  readonly fresh?: Repeatable;
  /** Milliseconds without a request after which the process ends; default 60,000. */
  readonly idleMs?: number;
  /** Whether to optimise code that runs often. Otherwise V8's baseline compiler has all: best for what runs once. */
  readonly optimise?: boolean;
  /** What calls may take of the stack, which is 8 MiB on most systems; default: V8's, about 1 MiB. */
  readonly stackKiB?: number;
}

/**
 * A reactor in a process of its own, started when it is first needed. It handles one request at a time; others wait.
 */
export interface ReactorProcess {
  ask(request: Uint8Array, deadline: Deadline): Promise<ReactorOutcome>;
  /** Whether the next request is the first of its process, whose memory nothing has grown. */
  isFresh(): boolean;
  /** Ends the process; requests under way end as `trap`. A later request starts a new one. */
  close(): void;
  /** The id of the running process, for tests and measurements. */
  pid(): number | undefined;
}

interface Running {
  readonly child: ChildProcess;
  settle: ((outcome: ReactorOutcome) => void) | undefined;
  isFresh: boolean;
}

/** Creates a reactor process; nothing is started until the first request. */
export function createReactorProcess(options: ReactorProcessOptions): ReactorProcess {
  let running: Running | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  function stop(outcome: ReactorOutcome): void {
    const current = running;
    running = undefined;
    clearTimeout(idle);
    current?.child.kill("SIGKILL");
    current?.settle?.(outcome);
  }

  function start(module: string): Running {
    const repeatable = options.fresh === undefined ? [] : [String(options.fresh.startNs), options.fresh.seed];
    const flags = options.optimise === true ? [`--wasm-tiering-budget=${tieringBudget}`] : ["--liftoff-only"];
    if (options.stackKiB !== undefined) flags.push(`--stack-size=${options.stackKiB}`);
    // Most short runs start no process, and loading this module takes as long as they judge.
    const child = process
      .getBuiltinModule("node:child_process")
      .spawn(
        process.execPath,
        [...flags, program, module, options.prefix, String(options.memoryLimitMiB), ...repeatable],
        { stdio: ["pipe", "pipe", "pipe"], env: environment() },
      );
    const current: Running = { child, settle: undefined, isFresh: true };
    let complaint = "";
    const end = (message: string) => {
      if (running === current) stop({ kind: "trap", message });
    };
    child.stdout.on(
      "data",
      createMessageReader((message) => {
        const payload = message.subarray(1);
        if (message[0] === failed) return end(new TextDecoder().decode(payload).trim());
        const { settle } = current;
        current.settle = undefined;
        if (message[0] === answeredAndGrown) end("its memory has grown");
        settle?.({ kind: "answer", bytes: payload });
      }),
    );
    child.stderr.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4096)));
    child.stdin.on("error", (error) => end(error.message));
    child.on("error", (error) => end(`the process could not be started: ${error.message}`));
    child.on("exit", (code, signal) => end(`the process ended (${signal ?? code}) ${complaint}`.trim()));
    return current;
  }

  async function askNow(request: Uint8Array, deadline: Deadline): Promise<ReactorOutcome> {
    clearTimeout(idle);
    const deadlineMs = typeof deadline === "number" ? deadline : deadline();
    running ??= start(await options.module());
    const current = running;
    current.isFresh = false;
    const outcome = new Promise<ReactorOutcome>((resolve) => (current.settle = resolve));
    hold(current.child, true);
    const timer = setTimeout(() => stop({ kind: "late", deadlineMs }), deadlineMs);
    const lead = new Uint8Array(4);
    new DataView(lead.buffer).setUint32(0, deadlineMs, true);
    const message = Buffer.concat([lead, request]);
    current.child.stdin?.write(messageLead(message));
    current.child.stdin?.write(message);
    const settled = await outcome;
    clearTimeout(timer);
    hold(current.child, false);
    if (running === current) {
      idle = setTimeout(() => stop({ kind: "trap", message: "let go" }), options.idleMs ?? 60_000).unref();
    }
    return settled;
  }

  return {
    ask(request, deadline) {
      const answer = turn.then(() => askNow(request, deadline));
      turn = answer.catch(() => undefined);
      return answer;
    },
    isFresh: () => running?.isFresh ?? true,
    close: () => stop({ kind: "trap", message: "the process was closed" }),
    pid: () => running?.child.pid,
  };
}

// An idle process must not keep a command line alive: it is referenced only during a request.
function hold(child: ChildProcess, held: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr] as readonly unknown[]) {
    const { ref, unref } = handle as { ref?: () => void; unref?: () => void };
    (held ? ref : unref)?.call(handle);
  }
}

// The environment of the parent is not passed on; Windows needs these variables to start a program.
function environment(): NodeJS.ProcessEnv {
  const kept = ["SystemRoot", "windir"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}
