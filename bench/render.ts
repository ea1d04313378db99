import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRenderer } from "../src/renderers/create-renderer.ts";
import { nativeKustomize } from "../test/renderers/native-kustomize.ts";
import { readTreeDirectory } from "../test/renderers/tree-directory.ts";
import { median } from "./measure.ts";
import { writeOverlays } from "./write-overlays.ts";

// node dist/bench/render.js [DIR]: roots rendered a second, ours and native Kustomize in turns, over the roots of DIR, or
// over twelve overlays of each of five bases.

const rounds = 7;
const scratch = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const [given] = process.argv.slice(2);
const directory = given ?? writeOverlays(join(scratch, "tree"));
const { files, roots } = readTreeDirectory(directory);
const native = await nativeKustomize();
const known = new Set<string>();
const cacheDir = join(scratch, "cache");
const one = createRenderer({ cacheDir, processes: 1 });
for (const root of roots) if ((await one.kustomize({ root, files: below(root) })).kind === "rendered") known.add(root);
one.close();

const perSecond = (ms: number): string => `${((known.size * 1000) / ms).toFixed(1)} roots/s`;
console.log(`${known.size} of ${roots.length} roots, ${files.size} files`);
for (const processes of [1, 2]) {
  const renderer = createRenderer({ cacheDir, processes });
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await Promise.all([...known].map((root) => renderer.kustomize({ root, files: below(root) })));
    const mine = performance.now() - start;
    if (round === 0) {
      console.log(`${processes} process${processes > 1 ? "es" : ""}: first round ${perSecond(mine)}`);
      continue;
    }
    ours.push(mine);
    // Three rounds of which the last counts, so that both are warm.
    const loop = native
      ?.rounds(
        3,
        [...known].map((root) => join(directory, root)),
      )
      .at(-1);
    if (loop === undefined) continue;
    theirs.push(loop);
    ratios.push(mine / loop);
  }
  const memory = renderer.pids().map((pid) => `${peakOf(pid)} MiB`);
  const beside =
    theirs.length === 0
      ? ""
      : `, native in one process ${perSecond(median(theirs))}: ${median(ratios).toFixed(1)}× as long`;
  console.log(`  warm ${perSecond(median(ours))}${beside}; memory ${memory.join(" + ")}`);
  renderer.close();
}
if (native !== undefined) {
  const start = performance.now();
  for (const root of known) native.build(join(directory, root));
  console.log(`native, a program for each root: ${perSecond(performance.now() - start)}`);
}
rmSync(scratch, { recursive: true });

/** The files of the tree below what the root's path starts with: about what a build reads. */
function below(root: string): ReadonlyMap<string, Uint8Array> {
  if (given !== undefined) return files;
  const team = root.split("/")[0] ?? "";
  return new Map([...files].filter(([path]) => path.startsWith(`${team}/`)));
}

function peakOf(pid: number): number {
  const status = process.platform === "linux" ? readFileSync(`/proc/${pid}/status`, "utf8") : "";
  return Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}
