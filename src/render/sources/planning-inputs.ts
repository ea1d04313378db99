import { sha256 } from "../../manifest/sha256.ts";
import { digestText } from "../digest-text.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Planning } from "./explore-objects.ts";

/** Digest of what planning one object depends on: the object, and the content of the files and directories that it names. */
export function planningInputs({ object, planned }: Planning, files: TreeFiles): string {
  const { identity, value } = object.manifest;
  const reads = planned.reads.map((path) => {
    const directory = files.directoryAt(path);
    const paths = directory === undefined ? [path] : files.filesBelow(directory);
    return paths.map((one) => [one, contentId(files.fileAt(one)) ?? null]);
  });
  return sha256(digestText([identity, value, reads]));
}
