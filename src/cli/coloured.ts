/**
 * Whether output to this stream may be coloured: it is a terminal, and NO_COLOR (no-color.org) is unset or empty. For a
 * pipe, Node.js leaves `isTTY` undefined, which picocolors would read as "decide by the environment".
 */
export function coloured(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";
}
