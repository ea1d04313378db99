import { assemble } from "./instructions.ts";
import { walkCode } from "./walk-code.ts";

/** Returns the body of a function with the same instructions, in the names of the text format, at several places. */
export function insertAt(body: Uint8Array, places: readonly number[], text: string): Uint8Array {
  // Without the frame of a function: no locals before them, no end after them.
  const added = assemble(0, text).subarray(1, -1);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const at of places) {
    parts.push(body.subarray(from, at), added);
    from = at;
  }
  return new Uint8Array(Buffer.concat([...parts, body.subarray(from)]));
}

/** Returns the body of a function with instructions before its own. */
export function insertFirst(body: Uint8Array, text: string): Uint8Array {
  return insertAt(body, [walkCode(body).start], text);
}
