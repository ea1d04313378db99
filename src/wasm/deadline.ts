import { Script } from "node:vm";

/** The result of a function that ran with a deadline. */
export type Timed<T> = { readonly kind: "done"; readonly value: T } | { readonly kind: "late" };

// A script cannot capture variables, so the function is passed in a property of the global object of the context in
// which scripts run. (That is not the global object of the caller if the caller itself runs in node:vm, as in tests.)
const slotName = "Symbol.for('portcullis.wasm.deadline')";
const slot = new Script(`globalThis[${slotName}] ??= { run: undefined }`).runInThisContext() as {
  run: (() => void) | undefined;
};
const call = new Script(`globalThis[${slotName}].run()`);

/**
 * Runs a synchronous function in this thread and stops it after `milliseconds` (at least 1), even inside a WebAssembly
 * loop. Its exceptions are passed on. After `late`, discard whatever the function was modifying, above all a
 * WebAssembly instance: it may be in an inconsistent state. Also works in worker threads. A call costs about 70 µs, so
 * combine short calls if that matters.
 */
export function runWithDeadline<T>(milliseconds: number, run: () => T): Timed<T> {
  let outcome: Timed<T> = { kind: "late" };
  const before = slot.run;
  slot.run = () => {
    outcome = { kind: "done", value: run() };
  };
  try {
    call.runInThisContext({ timeout: Math.max(1, Math.ceil(milliseconds)) });
  } catch (error) {
    if (!isTimeout(error)) throw error;
    return { kind: "late" };
  } finally {
    slot.run = before;
  }
  return outcome;
}

function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
