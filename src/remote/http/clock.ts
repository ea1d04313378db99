import type { RemoteLimits } from "../limits.ts";
import { whyStopped } from "../spent-time.ts";

/** Ends a request that takes too long, or whose server falls silent. */
export interface Clock {
  readonly signal: AbortSignal;
  /** Why it ended. */
  reason(): string;
  /** Something arrived. */
  tick(): void;
  stop(): void;
}

/** Starts the clock of one request. `outer` ends it as well. */
export function startClock(limits: RemoteLimits, host: () => string, outer?: AbortSignal): Clock {
  const controller = new AbortController();
  const end = (message: string): void => controller.abort(new Error(message));
  const onStop = (): void => end(outer === undefined ? "" : whyStopped(outer));
  if (outer?.aborted === true) onStop();
  outer?.addEventListener("abort", onStop, { once: true });
  const silence = setTimeout(() => end(`${host()} was silent for ${seconds(limits.silence)}`), limits.silence);
  const whole = setTimeout(() => end(`${host()} did not finish within ${seconds(limits.request)}`), limits.request);
  return {
    signal: controller.signal,
    reason: () => (controller.signal.reason as Error).message,
    tick: () => silence.refresh(),
    stop: () => {
      clearTimeout(silence);
      clearTimeout(whole);
      outer?.removeEventListener("abort", onStop);
    },
  };
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`;
}
