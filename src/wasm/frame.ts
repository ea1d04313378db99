/**
 * A frame: a JSON header with an optional binary part, encoded as the length of the header (4 bytes, little endian),
 * the header, and the rest.
 */
export interface Frame {
  readonly header: unknown;
  readonly blob: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes a frame; `header` is JSON text. */
export function encodeFrame(header: string, blob: Uint8Array = new Uint8Array()): Uint8Array {
  const text = encoder.encode(header);
  const bytes = new Uint8Array(4 + text.length + blob.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  bytes.set(blob, 4 + text.length);
  return bytes;
}

/** Decodes a frame; the blob shares its memory. Throws if the frame is truncated or its header is not JSON. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const length = bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length < 0 || length > bytes.length - 4) throw new Error("truncated frame");
  return {
    header: JSON.parse(decoder.decode(bytes.subarray(4, 4 + length))) as unknown,
    blob: bytes.subarray(4 + length),
  };
}

/** Splits a stream into messages, each preceded by its length (4 bytes, little endian). */
export function createMessageReader(onMessage: (message: Uint8Array) => void): (chunk: Uint8Array) => void {
  let chunks: Uint8Array[] = [];
  let size = 0;
  return (chunk) => {
    chunks.push(chunk);
    size += chunk.length;
    for (;;) {
      if (size < 4) return;
      const first = chunks[0];
      const lead = first !== undefined && first.length >= 4 ? first : Buffer.concat(chunks);
      const length = new DataView(lead.buffer, lead.byteOffset).getUint32(0, true);
      if (size < 4 + length) return;
      const all = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      const rest = all.subarray(4 + length);
      chunks = rest.length === 0 ? [] : [rest];
      size = rest.length;
      onMessage(all.subarray(4, 4 + length));
    }
  };
}

/** The length that precedes a message on a stream. */
export function messageLead(message: Uint8Array): Uint8Array {
  const lead = new Uint8Array(4);
  new DataView(lead.buffer).setUint32(0, message.length, true);
  return lead;
}
