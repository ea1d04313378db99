import { createRandom, type Random } from "../../test/manifest/generate-yaml.ts";

/** Something that is fed with hostile input: a file of bench/fuzz/targets. */
export interface FuzzTarget {
  /** How many cases the tests run; all targets together take about a minute of processor time. */
  readonly inTests: number;
  /** `cacheDir` holds the unpacked modules. */
  open(cacheDir: string): Promise<Fuzzer>;
}

/** A target that is ready for cases. */
export interface Fuzzer {
  /**
   * Makes a case from the random numbers, runs it, and answers with how it ended, in a word or two. Rejects with `Unlike`
   * where a verdict is not what it must be, and with anything else where the product crashed.
   */
  run(random: Random, index: number): Promise<string>;
  /** Runs what was put off until there is a batch of it; absent: nothing is. */
  settle?(): Promise<readonly Late[]>;
  close(): Promise<void>;
}

/** What a batch found out about a case that had ended already. */
export interface Late {
  readonly index: number;
  readonly message: string;
}

/** A verdict, or an answer, that is not what another way to it gives. */
export class Unlike extends Error {}

/** Ends a case as an unlike verdict if `holds` is false. */
export function mustHold(holds: boolean, message: () => string): void {
  if (!holds) throw new Unlike(message().slice(0, 4_000));
}

/** Ends a case if two answers differ. */
export function mustBeAlike(one: unknown, other: unknown, what: string): void {
  const [a, b] = [shown(one), shown(other)];
  mustHold(a === b, () => `${what}:\n  ${a.slice(0, 1_500)}\n  ${b.slice(0, 1_500)}`);
}

function shown(value: unknown): string {
  return typeof value === "string"
    ? value
    : JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? `${item}n` : item));
}

/** The random numbers of one case, which do not depend on the cases before it. */
export function randomOf(seed: number, index: number): Random {
  return createRandom((Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0);
}
