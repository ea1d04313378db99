import { Unlike, randomOf, type Fuzzer } from "./fuzzer.ts";

/** What is to be run: cases of a seed, from one of them on, until enough of them were. */
export interface Plan {
  readonly seed: number;
  readonly from: number;
  /** Asked before each case with how many were run. */
  readonly goesOn: (done: number) => boolean;
  readonly onFault?: (fault: Fault) => void;
}

/** One case that crashed, or whose verdict is unlike another one. */
export interface Fault {
  readonly kind: "crash" | "unlike verdict";
  readonly index: number;
  readonly message: string;
}

/** What came of all cases. */
export interface Outcome {
  readonly executions: number;
  readonly faults: readonly Fault[];
  /** How many cases ended in each way. */
  readonly ends: ReadonlyMap<string, number>;
  /** Milliseconds of processor time of the case that took the longest, and which it was. */
  readonly slowest: { readonly index: number; readonly ms: number };
}

/** Batches are settled so often that their cases are not kept for long. */
const settledEvery = 500;

/** Runs cases one after the other. Nothing that the product does ends it early, except where it never answers. */
export async function runCases(fuzzer: Fuzzer, { seed, from, goesOn, onFault }: Plan): Promise<Outcome> {
  const faults: Fault[] = [];
  const ends = new Map<string, number>();
  let slowest = { index: from, ms: 0 };
  const tell = (fault: Fault): void => {
    faults.push(fault);
    onFault?.(fault);
  };
  const settle = async (): Promise<void> => {
    for (const late of (await fuzzer.settle?.()) ?? []) tell({ kind: "unlike verdict", ...late });
  };
  // A rejection that nobody waits for is a crash of the case at hand.
  let index = from;
  const unhandled = (error: unknown): void => tell({ kind: "crash", index, message: `unhandled: ${textOf(error)}` });
  process.on("unhandledRejection", unhandled);
  let done = 0;
  try {
    for (; goesOn(done); done += 1, index += 1) {
      const before = process.cpuUsage();
      const end = await fuzzer.run(randomOf(seed, index), index).catch((error: unknown) => {
        tell({ kind: error instanceof Unlike ? "unlike verdict" : "crash", index, message: textOf(error) });
        return "fault";
      });
      ends.set(end, (ends.get(end) ?? 0) + 1);
      const { user, system } = process.cpuUsage(before);
      const ms = Math.round((user + system) / 1_000);
      if (ms > slowest.ms) slowest = { index, ms };
      if (done % settledEvery === settledEvery - 1) await settle();
    }
    await settle();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
  return { executions: done, faults, ends, slowest };
}

function textOf(error: unknown): string {
  if (error instanceof Unlike) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
