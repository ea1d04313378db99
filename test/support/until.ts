import { setTimeout as sleep } from "node:timers/promises";

/** So long that only what never happens takes longer, on however busy a machine. */
const IN_VAIN = 480_000;

/**
 * Waits until the condition holds, looking every `pause` milliseconds; throws, naming what was waited for, where it never
 * does. A condition that costs something deserves a longer pause.
 */
export async function until(condition: () => boolean | Promise<boolean>, what: string, pause = 5): Promise<void> {
  const deadline = performance.now() + IN_VAIN;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${IN_VAIN / 1_000} s in vain for ${what}`);
    await sleep(pause);
  }
}
