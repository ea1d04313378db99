// The program of a reactor process: reads requests from stdin, writes answers to stdout, and ends with stdin.
// Arguments: path of the module, prefix of its exports, memory limit in MiB, and for fresh instances the clock and the
// seed.
import { readFileSync, writeSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runWithDeadline } from "./deadline.ts";
import { createMessageReader, messageLead } from "./frame.ts";
import { createReactor, type Reactor } from "./reactor.ts";

// V8 compiles a function when it is first called; by default it still validates all of them at the start, most of which
// a process never calls.
setFlagsFromString("--wasm-lazy-validation");

const [path = "", prefix = "", memoryLimit = "", startNs, seed = ""] = process.argv.slice(2);
const fresh = startNs === undefined ? {} : { fresh: { startNs: BigInt(startNs), seed } };

/** The first byte of an answer. */
const answered = 0;
const failed = 1;
/** With so much memory grown that the next request might find too little: the parent ends the process. */
const answeredAndGrown = 2;

/** The share of its limit from which on a process has grown too much to be asked again. */
const grownShare = 0.5;

let reactor: Reactor | undefined;

// After a failure the instance is unusable, so the process ends too. The parent kills a process that is late; in case
// the parent itself is gone, the process stops itself a little later instead of running forever.
const read = createMessageReader((message) => {
  const deadline = new DataView(message.buffer, message.byteOffset).getUint32(0, true);
  try {
    reactor ??= createReactor(readFileSync(path), { prefix, memoryLimitMiB: Number(memoryLimit), ...fresh });
    const ready = reactor;
    const outcome = runWithDeadline(deadline + 1000, () => ready.call(message.subarray(4)));
    if (outcome.kind === "late") process.exit(1);
    const hasGrown = ready.memoryBytes() > grownShare * Number(memoryLimit) * 1024 * 1024;
    send(hasGrown ? answeredAndGrown : answered, outcome.value);
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    send(failed, new TextEncoder().encode(`${text}\n${reactor?.output() ?? ""}`));
    process.exit(1);
  }
});

process.stdin.on("data", read);

// Written completely before the next request is read, so that no output accumulates in memory.
function send(status: number, payload: Uint8Array): void {
  const message = new Uint8Array(payload.length + 1);
  message[0] = status;
  message.set(payload, 1);
  for (const part of [messageLead(message), message]) {
    for (let at = 0; at < part.length;) {
      try {
        at += writeSync(1, part, at);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
      }
    }
  }
}
