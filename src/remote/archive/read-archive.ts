import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Parser, ReadEntry } from "tar";
import { oneLine, RemoteFailure } from "../failure.ts";
import { megabytes, type RemoteLimits } from "../limits.ts";

/** A file of an archive, a symbolic link, or what is none of these and no directory either: a device. */
export interface ArchiveEntry {
  /** As the archive has it. */
  readonly path: string;
  readonly kind: "file" | "symlink" | "other";
  readonly bytes: Uint8Array;
}

/** Reads a tar archive compressed by gzip, in memory. `what` names it in messages. */
export async function readArchive(
  packed: Uint8Array,
  what: string,
  limits: Pick<RemoteLimits, "unpackedBytes" | "files">,
): Promise<readonly ArchiveEntry[]> {
  if (packed[0] !== 0x1f || packed[1] !== 0x8b)
    throw new RemoteFailure("absent", `${what} is not an archive compressed by gzip`);
  const { Parser } = await import("tar");
  // A warning is what readers disagree about: nothing is left to a reader's leniency.
  const parser = new Parser({ strict: true });
  const reading = collect(parser, what, limits.files);
  const gunzip = createGunzip();
  Readable.from([packed]).pipe(gunzip);
  let inflated = 0;
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      if (inflated === 0) refuseCompressed(chunk, what);
      inflated += chunk.length;
      if (inflated > limits.unpackedBytes) {
        throw new RemoteFailure("refused", `${what} unpacks to more than ${megabytes(limits.unpackedBytes)}`);
      }
      parser.write(chunk);
      reading.check();
      // What follows the end is nobody's, and the parser would keep all of it, copied with each piece.
      if (reading.isOver()) break;
    }
    parser.end();
    reading.check();
  } catch (error) {
    if (error instanceof RemoteFailure) throw error;
    throw new RemoteFailure(
      "absent",
      `${what} is not an archive: ${oneLine(error instanceof Error ? error.message : String(error))}`,
    );
  } finally {
    gunzip.destroy();
  }
  return reading.entries;
}

/** The parser would inflate what is compressed once more, without a bound of ours. */
function refuseCompressed(start: Buffer, what: string): void {
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const isZstandard = start.length >= 4 && start.readUInt32LE() === 0xfd2fb528;
  if (isGzip || isZstandard || start.length < 4) throw new RemoteFailure("absent", `${what} holds no tar archive`);
}

interface Reading {
  readonly entries: readonly ArchiveEntry[];
  /** Whether the end of the archive was read. */
  isOver(): boolean;
  /** Throws what the parser found wrong. */
  check(): void;
}

function collect(parser: Parser, what: string, mostFiles: number): Reading {
  const entries: ArchiveEntry[] = [];
  let failure: Error | undefined;
  let seen = 0;
  let isOver = false;
  const fail = (error: Error): void => {
    failure ??= error;
  };
  parser.on("error", fail);
  parser.on("eof", () => (isOver = true));
  parser.on("meta", (text: string) => {
    if (text.includes("GNU.sparse.")) fail(new RemoteFailure("absent", `${what} has sparse files`));
  });
  parser.on("ignoredEntry", ({ path, type }: ReadEntry) => {
    fail(new RemoteFailure("absent", `${what} has an entry that is not read, ${oneLine(path)} of type ${type}`));
  });
  parser.on("entry", (entry: ReadEntry) => {
    seen++;
    if (seen > mostFiles) fail(new RemoteFailure("refused", `${what} has more than ${mostFiles} files`));
    const chunks: Uint8Array[] = [];
    entry.on("data", (chunk: Uint8Array) => {
      if (failure === undefined) chunks.push(chunk);
    });
    entry.on("end", () => {
      const { path, type } = entry;
      if (type === "Directory" || path.endsWith("/")) return;
      entries.push({ path, kind: kinds[type] ?? "other", bytes: Buffer.concat(chunks) });
    });
  });
  return {
    entries,
    isOver: () => isOver,
    check: () => {
      if (failure !== undefined) throw failure;
    },
  };
}

/** A hard link is the file that Helm and Flux make of it: an empty one. */
const kinds: { readonly [type: string]: ArchiveEntry["kind"] } = {
  File: "file",
  OldFile: "file",
  ContiguousFile: "file",
  Link: "file",
  SymbolicLink: "symlink",
};
