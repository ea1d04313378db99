/** The time that a job spends on servers. */
export interface SpentTime {
  /** Aborts once it is too much, with the reason. */
  readonly signal: AbortSignal;
  /** Runs work whose time counts. What runs at the same time counts once. */
  count<T>(work: () => Promise<T>): Promise<T>;
}

/** Counts the time of one job, up to so many milliseconds. */
export function spentTime(most: number): SpentTime {
  const controller = new AbortController();
  const end = (): void => controller.abort(new TimeSpent(`servers took more than ${most / 1_000} s of this job`));
  let left = most;
  let running = 0;
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    count: async (work) => {
      if (running++ === 0) {
        since = performance.now();
        timer = setTimeout(end, Math.max(0, left)).unref();
      }
      try {
        return await work();
      } finally {
        if (--running === 0) {
          clearTimeout(timer);
          left -= performance.now() - since;
        }
      }
    },
  };
}

class TimeSpent extends Error {
  override readonly name = "TimeSpent";
}

/** Why the work of a job ended before it was done. */
export function whyStopped({ reason }: AbortSignal): string {
  return reason instanceof TimeSpent ? reason.message : "the job was stopped";
}
