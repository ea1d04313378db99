import type { SourcePosition } from "../../model/manifest.ts";
import type { RenderedObject } from "../rendered-objects.ts";

/** Where in a template an object most likely starts: the document that says its kind, and its name where several do. */
export function templatePosition(
  path: string,
  bytes: Uint8Array | undefined,
  { identity }: Pick<RenderedObject, "identity">,
): SourcePosition {
  const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split("\n");
  let start = 0;
  const starts: { readonly line: number; readonly named: boolean }[] = [];
  for (let at = 0; at <= lines.length; at += 1) {
    if (at < lines.length && !(lines[at] ?? "").startsWith("---")) continue;
    const stretch = lines.slice(start, at);
    const kind = stretch.findIndex((line) => line.trim().replaceAll(/["']/g, "") === `kind: ${identity.kind}`);
    if (kind !== -1) {
      const api = stretch.findIndex((line) => line.startsWith("apiVersion:"));
      const first = api === -1 ? kind : Math.min(api, kind);
      starts.push({
        line: start + first + 1,
        named: stretch.some((line) => line.includes("name:") && line.includes(identity.name)),
      });
    }
    start = at + 1;
  }
  const found = starts.find(({ named }) => named) ?? starts[0];
  return { path, document: 0, line: found?.line ?? 1, pointer: "" };
}
