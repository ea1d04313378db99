/**
 * Whether what is written to this stream may be coloured: a terminal, and NO_COLOR (no-color.org) unset or empty.
 * Node leaves `isTTY` undefined for a pipe, which picocolors would take for "decide by the environment".
 */
export function coloured(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
}
