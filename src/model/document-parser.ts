import type { Json, Pointer } from "./json.ts";
import type { Place } from "./manifest.ts";

/** The parsers of conftest that ship, by the names that its `--parser` takes. */
export const parserNames = [
  "codeowners",
  "cyclonedx",
  "dockerfile",
  "dotenv",
  "edn",
  "groovy",
  "hcl1",
  "hcl2",
  "hocon",
  "ignore",
  "ini",
  "json",
  "jsonc",
  "jsonnet",
  "nginx",
  "properties",
  "spdx",
  "textproto",
  "toml",
  "vcl",
  "xml",
  "yaml",
] as const;

/** The name of a parser. */
export type ParserName = (typeof parserNames)[number];

/** A configuration file that is to be parsed. */
export interface DocumentRequest {
  /** Path of the tree, among `files`. */
  readonly path: string;
  readonly parser: ParserName;
  /** By path: that file, and what it may import. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The value of a file; `failed` is an error in the file, `late`, `memory` and `trap` mean that a limit ended the parsing. */
export type DocumentOutcome =
  | {
      readonly kind: "parsed";
      /** As conftest hands it to policies. */
      readonly value: Json;
      /** Where values are, as far as the parser tells. */
      readonly places: ReadonlyMap<Pointer, Place>;
    }
  | { readonly kind: "failed"; readonly message: string; readonly line?: number }
  | { readonly kind: "late" | "memory" | "trap"; readonly message: string };

/** Parses configuration files as conftest does, in WebAssembly: bytes in, bytes out. Never rejects. */
export interface DocumentParser {
  /** Equal digests mean equal values: part of every key of what was parsed. */
  readonly digest: string;
  parse(request: DocumentRequest): Promise<DocumentOutcome>;
  close(): void;
}
