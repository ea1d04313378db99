/** Lets work run side by side, or one piece of work while no other runs. */
export interface Turns {
  beside<Result>(work: () => Promise<Result>): Promise<Result>;
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Work that asks to run alone goes before work that has not begun. */
export function createTurns(): Turns {
  const running = new Set<Promise<unknown>>();
  let alone: Promise<unknown> = Promise.resolve();
  return {
    async beside(work) {
      for (let awaited: unknown; awaited !== alone;) {
        awaited = alone;
        await alone;
      }
      const result = work();
      running.add(result);
      return result.finally(() => running.delete(result));
    },
    alone(work) {
      const result = alone.then(() => Promise.allSettled(running)).then(work);
      alone = result.catch(() => undefined);
      return result;
    },
  };
}
