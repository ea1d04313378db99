import { sha256 } from "../../manifest/sha256.ts";
import { digestText } from "../digest-text.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Planning } from "./explore-objects.ts";

/** Digest of what planning one object depends on: the object, and the content of the files and directories that it names. */
export function planningInputs({ object, planned }: Planning, files: TreeFiles): string {
  const { identity, value } = object.manifest;
  const { objects = [] } = planned;
  const holding = new Set(objects.map(({ position }) => position.path));
  const paths = planned.reads.filter((path) => !holding.has(path));
  const reads = paths.map((path) => {
    const directory = files.directoryAt(path);
    const below = directory === undefined ? [path] : files.filesBelow(directory);
    return below.map((one) => [one, contentId(files.fileAt(one)) ?? null]);
  });
  const others = objects.map((one) => [one.identity, one.value]);
  return sha256(digestText([identity, value, reads, ...(others.length === 0 ? [] : [others])]));
}
