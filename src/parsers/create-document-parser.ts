import type { DocumentOutcome, DocumentParser, DocumentRequest } from "../model/document-parser.ts";
import type { Json, Pointer } from "../model/json.ts";
import type { Place } from "../model/manifest.ts";
import { createModulePool, type ModulePool } from "../renderers/module-pool.ts";
import { packFiles } from "../renderers/pack-files.ts";
import type { Deadline } from "../wasm/reactor-process.ts";
import { shippedModule } from "../wasm/shipped-module.ts";

/** What a parser is created with. */
export interface DocumentParserOptions {
  /** Where the module is kept unpacked. */
  readonly cacheDir: string;
  /** Of one file; default 20,000. */
  readonly deadlineMs?: Deadline;
  /** Of the process's own memory; default 512. */
  readonly memoryLimitMiB?: number;
}

interface Answer {
  readonly places?: readonly {
    readonly pointer: string;
    readonly line: number;
    readonly column?: number;
    readonly endLine: number;
  }[];
  readonly failure?: { readonly message: string; readonly line?: number };
}

/** Parses in WebAssembly; nothing is started or unpacked before a file needs it. */
export function createDocumentParser(options: DocumentParserOptions): DocumentParser {
  const module = shippedModule("parsers");
  const { cacheDir, deadlineMs = 20_000, memoryLimitMiB = 512 } = options;
  let pool: ModulePool | undefined;
  return {
    digest: module.sha256,
    parse: (request) => {
      pool ??= createModulePool({ module, cacheDir, processes: 1, deadlineMs, memoryLimitMiB });
      return parse(pool, request);
    },
    close: () => pool?.close(),
  };
}

async function parse(pool: ModulePool, { path, parser, files }: DocumentRequest): Promise<DocumentOutcome> {
  const { list, blob } = packFiles(files);
  const outcome = await pool.ask<Answer>("parse", { path, parser, files: list }, blob);
  if (outcome.kind !== "answered") return outcome;
  const { failure, places = [] } = outcome.answer;
  if (failure !== undefined) return { kind: "failed", ...failure };
  try {
    const value: Json = JSON.parse(new TextDecoder().decode(outcome.blob));
    return { kind: "parsed", value, places: new Map(places.map(placed)) };
  } catch (error) {
    if (error instanceof RangeError) return { kind: "failed", message: "it is nested too deeply" };
    throw error;
  }
}

function placed({ pointer, line, column = 1, endLine }: NonNullable<Answer["places"]>[number]): [Pointer, Place] {
  return [pointer, { line, column, endLine }];
}
