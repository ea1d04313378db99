import type { JsonObject } from "../model/json.ts";
import type { HelmAnswer, HelmDocument, HelmLine, HelmRequest, RenderOutcome } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";
import { readLines, type LineTables } from "./helm-lines.ts";
import { packFiles, type PackedFiles } from "./pack-files.ts";

interface Failure {
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

interface Rendered {
  /** In bytes: the texts follow each other in the binary part. */
  readonly size: number;
  readonly template: string;
  readonly hook?: boolean;
}

interface Answer extends Partial<LineTables> {
  readonly documents?: readonly Rendered[] | null;
  readonly values?: JsonObject | null;
  readonly notes?: readonly string[];
  readonly failure?: Failure;
}

/** `helm template` over the files of the request, with the lines that documents came from where it asks for them. */
export async function renderHelm(pool: ModulePool, request: HelmRequest): Promise<RenderOutcome<HelmAnswer>> {
  const { chart, lines, ...options } = request;
  const files = packFiles(chart);
  const [outcome, lined] = await Promise.all([
    ask(pool, "helm", files, options),
    lines === true ? ask(pool, "helmLines", files, options) : undefined,
  ]);
  if (outcome.kind !== "answered") return outcome;
  const { failure, values, notes } = outcome.answer;
  if (failure !== undefined) return { kind: "failed", ...failure };
  // Whether a limit ends the second render depends on the machine: the first one alone is no answer to keep.
  if (lined !== undefined && lined.kind !== "answered" && lined.kind !== "failed") return lined;
  const origins = lined?.kind === "answered" ? linedDocuments(lined.answer, lined.blob) : [];
  return {
    kind: "rendered",
    answer: {
      documents: documentsOf(outcome.answer, outcome.blob).map((document, at): HelmDocument => {
        const known = linesOf(document, origins[at]);
        return known === undefined ? document : { ...document, lines: known };
      }),
      values: values ?? {},
      ...(notes === undefined ? {} : { notes }),
    },
  };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function documentsOf({ documents }: Answer, blob: Uint8Array): HelmDocument[] {
  let at = 0;
  return (documents ?? []).map(({ size, template, hook }) => {
    const text = decoder.decode(blob.subarray(at, (at += size)));
    // Helm cuts documents without their last line end, and prints one after each: a block of text ends with it.
    return { yaml: text.endsWith("\n") ? text : `${text}\n`, template, ...(hook === true ? { hook } : {}) };
  });
}

function linedDocuments(answer: Answer, blob: Uint8Array): HelmDocument[] {
  const lines = readLines(answer);
  return documentsOf(answer, blob).map((document, at) => {
    const known = lines[at] ?? [];
    return known.length === 0 ? document : { ...document, lines: known };
  });
}

function ask(pool: ModulePool, operation: string, { list, blob }: PackedFiles, options: object) {
  return pool.ask<Answer>(operation, { files: list, ...options }, blob);
}

/** How many lines of a document may differ before none is believed. */
const doubtful = 0.25;

// The second render runs templates that say where they are. Its lines are good for what it prints alike. A checksum of
// another template prints otherwise, and is the one thing that may: its line is known by its key.
function linesOf(document: HelmDocument, other: HelmDocument | undefined): readonly (HelmLine | null)[] | undefined {
  if (other === undefined || other.template !== document.template) return undefined;
  const { lines } = other;
  if (lines === undefined) return undefined;
  if (other.yaml === document.yaml) return lines;
  const [mine, theirs] = [document.yaml.split("\n"), other.yaml.split("\n")];
  const differing = mine.filter((line, at) => line !== theirs[at]).length;
  if (mine.length !== theirs.length || differing > mine.length * doubtful) return undefined;
  return lines.map((line, at) => {
    if (mine[at] === theirs[at] || line === null) return line;
    return keyOf(mine[at]) === keyOf(theirs[at]) ? { template: line.template, line: line.line } : null;
  });
}

function keyOf(line = ""): string {
  return line.slice(0, line.indexOf(": ") + 1) || line;
}
