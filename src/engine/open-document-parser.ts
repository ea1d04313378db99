import type { DocumentParser } from "../model/document-parser.ts";
import { createDocumentParser } from "../parsers/create-document-parser.ts";
import { defaultCacheDirectory } from "../rego/toolchain/cache-directory.ts";

/** The parsers of configuration files, for one run of the command line. The caller must close them. */
export function openDocumentParser(cacheDir: string = defaultCacheDirectory()): DocumentParser {
  return createDocumentParser({ cacheDir });
}
