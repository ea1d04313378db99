/** The flags, width and precision of one verb of Go's fmt, named as in Go: `sharp` is `#`, `space` is a blank. */
export interface Verb {
  readonly letter: string;
  readonly sharp: boolean;
  readonly zero: boolean;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly space: boolean;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

/** A value as Go's fmt gets it after the conversion by OPA. */
export type GoValue =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "int64" | "*big.Int"; readonly value: bigint }
  | { readonly type: "float64"; readonly value: number };

/** Pads a string to the width, with zeros on the left if the flag says so. */
export function pad(text: string, verb: Verb, zero = verb.zero): string {
  const missing = (verb.width ?? 0) - (verb.width === undefined ? 0 : Array.from(text).length);
  if (missing <= 0) return text;
  if (verb.minus) return text + " ".repeat(missing);
  return (zero ? "0" : " ").repeat(missing) + text;
}
