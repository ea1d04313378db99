import { openAnswers, type Answers } from "./answers.ts";
import { openBlobs, type Blobs } from "./blobs.ts";
import { keepBounded } from "./keep-bounded.ts";

/** What was fetched before. Any number of processes may share its directory; all of it can be deleted at any time. */
export interface Store {
  readonly directory: string;
  readonly blobs: Blobs;
  readonly answers: Answers;
}

/** Opens the store below a directory, which need not exist. It keeps about `maxBytes`, the least recently used go first. */
export function openStore(directory: string, maxBytes: number): Store {
  const onWrite = keepBounded(directory, maxBytes);
  return { directory, blobs: openBlobs(directory, onWrite), answers: openAnswers(directory, onWrite) };
}
