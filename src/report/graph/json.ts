import type { Json } from "../../model/json.ts";
import type { SourceGraph } from "../../model/source.ts";
import { printJson } from "../print-json.ts";

/** The graph as it is, for programs. */
export function graphJson({ sources, gaps }: SourceGraph): string {
  return `${printJson({ version: 1, sources, gaps } as unknown as Json)}\n`;
}
