import type { SourceGraph } from "../../model/source.ts";
import { graphJson } from "./json.ts";
import { graphMermaid } from "./mermaid.ts";
import { graphText } from "./text.ts";

/** Makes text of a graph of sources. */
export type GraphFormat = (graph: SourceGraph) => string;

/** The formats of `portcullis graph -o`. */
export const graphFormats = {
  text: graphText,
  json: graphJson,
  mermaid: graphMermaid,
} satisfies Record<string, GraphFormat>;

/** The name of a format of a graph. */
export type GraphFormatName = keyof typeof graphFormats;
