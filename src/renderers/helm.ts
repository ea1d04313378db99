import type { JsonObject } from "../model/json.ts";
import type { HelmAnswer, HelmDocument, HelmLine, HelmRequest, RenderOutcome } from "../model/renderer.ts";
import type { ModulePool } from "./module-pool.ts";
import { packFiles, type PackedFiles } from "./pack-files.ts";

interface Failure {
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
}

interface Rendered {
  readonly yaml: string;
  readonly template: string;
  readonly hook?: boolean;
  readonly lines?: readonly (HelmLine | null)[] | null;
}

interface Answer {
  readonly documents?: readonly Rendered[];
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
  const { failure, documents = [], values, notes } = outcome.answer;
  if (failure !== undefined) return { kind: "failed", ...failure };
  const origins = lined?.kind === "answered" ? (lined.answer.documents ?? []) : [];
  return {
    kind: "rendered",
    answer: {
      documents: documents.map(({ yaml, template, hook }, at): HelmDocument => {
        const known = linesOf({ yaml, template }, origins[at]);
        return {
          yaml,
          template,
          ...(hook === true ? { hook } : {}),
          ...(known === undefined ? {} : { lines: known }),
        };
      }),
      values: values ?? {},
      ...(notes === undefined ? {} : { notes }),
    },
  };
}

function ask(pool: ModulePool, operation: string, { list, blob }: PackedFiles, options: object) {
  return pool.ask<Answer>(operation, { files: list, ...options }, blob);
}

/** How many lines of a document may differ before none is believed. */
const doubtful = 0.25;

// The second render runs templates that say where they are. Its lines are good for what it prints alike. A checksum of
// another template prints otherwise, and is the one thing that may: its line is known by its key.
function linesOf(document: Rendered, other: Rendered | undefined): readonly (HelmLine | null)[] | undefined {
  if (other === undefined || other.template !== document.template) return undefined;
  const { lines } = other;
  if (lines === undefined || lines === null) return undefined;
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
