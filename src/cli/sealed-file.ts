import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";

const digestLength = 32;

/** The value of a file that `sealed` made; undefined where there is none, or a damaged one. */
export function readSealed(path: string): unknown {
  try {
    const bytes = readFileSync(path);
    const content = bytes.subarray(digestLength);
    // A file that was changed since it was written is not deserialized: V8 trusts its input.
    return digestOf(content).equals(bytes.subarray(0, digestLength)) ? deserialize(content) : undefined;
  } catch {
    return undefined;
  }
}

/** The bytes of a file that holds a value, with their digest. */
export function sealed(value: unknown): Buffer {
  const content = serialize(value);
  return Buffer.concat([digestOf(content), content]);
}

function digestOf(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}
