import { Script } from "node:vm";

/** What became of a function that ran under a deadline. */
export type Timed<T> = { readonly kind: "done"; readonly value: T } | { readonly kind: "late" };

// A script cannot close over anything, so the function is handed over in a slot of the context that scripts run in
// (which is not the caller's own global object where the caller itself runs inside node:vm, as tests do).
const slotName = "Symbol.for('portcullis.wasm.deadline')";
const slot = new Script(`globalThis[${slotName}] ??= { run: undefined }`).runInThisContext() as {
  run: (() => void) | undefined;
};
const call = new Script(`globalThis[${slotName}].run()`);

/**
 * Runs a synchronous function in this thread and stops it after `milliseconds` (at least 1), even inside a WebAssembly
 * loop. What it throws is thrown on. After `late`, whatever the function was changing is half changed: discard it,
 * a WebAssembly instance above all. Works in worker threads too; costs about 70 µs, so wrap many calls at once where
 * that counts.
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
