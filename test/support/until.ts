import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the condition holds, looking every few milliseconds; throws, naming what was waited for, after `within` ms. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, within = 30_000): Promise<void> {
  const deadline = performance.now() + within;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await sleep(5);
  }
}
