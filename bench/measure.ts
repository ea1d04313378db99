import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** One program with its arguments, run as a person runs it. */
export interface Command {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** What the program says by its exit code where it did its work. */
  readonly exits: readonly number[];
  readonly cwd?: string;
}

const pollMs = 4;

/** Runs a command once with its output thrown away and yields its wall time in milliseconds. Throws where it fails. */
export function timeOf({ name, program, args, exits, cwd }: Command): number {
  const start = performance.now();
  const { status, error } = spawnSync(program, args, { stdio: "ignore", cwd });
  const elapsed = performance.now() - start;
  if (error !== undefined || !exits.includes(status ?? -1)) throw new Error(`${name} failed: ${error ?? status}`);
  return elapsed;
}

/** The most memory a command held, in MiB, as the kernel counts it; undefined where there is no /proc. Takes a run of its own, since watching costs time. */
export function peakOf({ program, args }: Command): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: "ignore" });
    let peak: number | undefined;
    const timer = setInterval(() => (peak = highWaterMark(child.pid) ?? peak), pollMs);
    child.on("error", reject);
    child.on("close", () => {
      clearInterval(timer);
      resolve(peak);
    });
  });
}

function highWaterMark(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
