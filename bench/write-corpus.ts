import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { corpus } from "./corpus.ts";

/** Writes `count` manifests below `directory` and returns how many bytes they are. */
export function writeCorpus(directory: string, count: number, seed = 1): number {
  let bytes = 0;
  for (const file of corpus(count, seed)) {
    const path = join(directory, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text);
    bytes += file.text.length;
  }
  return bytes;
}
