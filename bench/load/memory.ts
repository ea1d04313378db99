// What a process and those that it started hold, by /proc, so Linux only.
import { readdirSync, readFileSync } from "node:fs";

const KIB_OF_PSS = /^Pss:\s+(\d+) kB$/m;

/** A process and everything it started, now. */
export function processTree(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = /\) \S (\d+) /.exec(readProc(name, "stat"))?.[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const tree = [pid];
  for (const one of tree) for (const [child, parent] of parents) if (parent === one) tree.push(child);
  return tree;
}

function readProc(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** MiB of the process itself, and of it with the processes it started; what is shared is divided by who shares it. */
export function memoryOf(pid: number): { readonly own: number; readonly all: number } {
  const [own = 0, ...others] = processTree(pid).map(
    (one) => Number(KIB_OF_PSS.exec(readProc(one, "smaps_rollup"))?.[1] ?? 0) / 1_024,
  );
  return { own, all: others.reduce((sum, one) => sum + one, own) };
}
