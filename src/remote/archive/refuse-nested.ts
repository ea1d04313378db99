import { oneLine, RemoteFailure } from "../failure.ts";

/** Fails if a path is a file in one entry and a directory in another: everyone reads that differently. */
export function refuseNested(files: ReadonlyMap<string, unknown>, what: string): void {
  for (const path of files.keys()) {
    for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
      const above = path.slice(0, end);
      if (files.has(above)) {
        throw new RemoteFailure("absent", `${what} has ${oneLine(above)} as a file and as a directory`);
      }
    }
  }
}
