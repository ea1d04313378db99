import { createGunzip } from "node:zlib";
import { RemoteFailure } from "../failure.ts";
import { megabytes } from "../limits.ts";
import type { Clock } from "./clock.ts";
import type { Exchange } from "./transport.ts";

interface BodyOptions {
  readonly maxBytes: number;
  readonly what: string;
  readonly clock: Clock;
  readonly inflate: boolean;
  readonly sink?: (piece: Uint8Array) => Promise<void>;
}

/** Reads what a server sends, up to a number of bytes, which are counted as they are once inflated. */
export async function readBody({ body, headers }: Exchange, options: BodyOptions): Promise<Uint8Array> {
  const counted = count(body, options);
  const pieces = options.inflate && headers["content-encoding"] === "gzip" ? count(inflate(counted), options) : counted;
  if (options.sink === undefined) return concat(pieces);
  for await (const piece of pieces) await options.sink(piece);
  return new Uint8Array();
}

/** The start of a body, for the message of a failure; never fails. */
export async function readStart({ body }: Exchange, bytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= bytes) break;
    }
  } catch {
    // What has come is enough.
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, bytes));
}

async function* count(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, what, clock }: { readonly maxBytes: number; readonly what: string; readonly clock: Clock },
): AsyncIterable<Uint8Array> {
  let length = 0;
  for await (const chunk of chunks) {
    clock.tick();
    length += chunk.length;
    if (length > maxBytes) throw new RemoteFailure("refused", `${what} is larger than ${megabytes(maxBytes)}`);
    yield chunk;
  }
}

async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { Readable } = await import("node:stream");
  const source = Readable.from(chunks, { objectMode: false });
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  try {
    yield* source.pipe(gunzip) as AsyncIterable<Uint8Array>;
  } finally {
    source.destroy();
  }
}

async function concat(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
