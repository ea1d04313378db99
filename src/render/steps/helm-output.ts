import { isObject } from "../../manifest/identity.ts";
import type { HelmAnswer, HelmDocument } from "../../model/renderer.ts";
import { ownTexts } from "../own-text.ts";
import type { HelmStep } from "../plan.ts";
import { readRendered, type RenderedObject } from "../rendered-objects.ts";
import { chartAccounts, isAccounted } from "./chart-accounts.ts";
import type { Entry } from "./entry.ts";
import { failure, unreadable } from "./failure.ts";
import { finish } from "./finish.ts";
import { ownValuePaths, type PlacedChart } from "./helm-request.ts";
import { templatePosition } from "./template-position.ts";
import type { RenderContext, StepRendering } from "./step.ts";

/** What a chart's output is read with. */
export interface HelmInput extends PlacedChart {
  readonly step: HelmStep;
  readonly context: RenderContext;
  readonly entry: Entry;
}

/** Where a document comes from: which of the renderings, and its number there. */
export interface HelmTrace {
  readonly rendering: number;
  readonly document: number;
}

/** Reads one rendering of a chart; `rendering` is its number, `when` the answers that it was made with. */
export async function readOutput(
  { documents, notes = [] }: HelmAnswer,
  { step, chart, at, context, entry }: HelmInput,
  { rendering, when }: { readonly rendering: number; readonly when: string | undefined },
): Promise<StepRendering> {
  const { files } = context;
  const kept = keptDocuments(documents, step);
  const finished = await finish(
    kept.map(({ yaml }) => yaml),
    step.finish,
    context,
  );
  if (finished.kind === "failed") return failure(finished.outcome, { path: undefined, entry, files });
  const reading = readRendered(
    finished.documents.map(({ text }) => text),
    { repeats: true },
  );
  const templateOf = (document: number): string | undefined =>
    chart.files.get(kept[finished.documents[document]?.from ?? -1]?.template ?? "");
  if (reading.kind === "unreadable") {
    const template = templateOf(reading.document);
    return unreadable(reading.message, template === undefined ? entry : { path: template, line: 1 });
  }
  const bytes = await files.read(chart.files.values());
  const objects = reading.objects.map((object): RenderedObject => {
    const template = templateOf(object.document);
    const position = template === undefined ? undefined : templatePosition(template, bytes.get(template), object);
    const repeatedKeys = object.repeatedKeys ?? finished.documents[object.document]?.repeatedKeys;
    return {
      ...object,
      ...(repeatedKeys === undefined ? {} : { repeatedKeys }),
      ...(position === undefined ? {} : { position }),
      ...(when === undefined ? {} : { when }),
    };
  });
  const layers = step.values.flatMap((layer) => (layer.kind === "file" ? [layer.path] : []));
  const own = ownTexts(bytes, (path) => path);
  const printed = new Set(kept.map(({ template }) => template));
  const read = [...layers, ...ownValuePaths(step, at)].filter((path) => isAccounted(path, own, objects));
  const accounts = [...new Set([...chartAccounts(chart.files, printed, { own, objects }), ...read])];
  return {
    kind: "rendered",
    objects,
    yaml: finished.documents.map(({ text }) => (text.endsWith("\n") ? text : `${text}\n`)).join("---\n"),
    accounts: accounts.map((path) => files.fileAt(path)?.path ?? path),
    gaps: notes.map((reason) => ({ ...entry, reason })),
    trace: finished.documents.map(({ from }): HelmTrace | null => {
      const document = kept[from ?? -1]?.number;
      return document === undefined ? null : { rendering, document };
    }),
  };
}

/** The documents that are applied, each with its number among all. */
export function keptDocuments(
  documents: readonly HelmDocument[],
  { tests }: HelmStep,
): readonly (HelmDocument & { readonly number: number })[] {
  return [...documents.entries()].flatMap(([number, document]) =>
    tests !== true && isTest(document) ? [] : [{ ...document, number }],
  );
}

/** Whether a document is a hook that only `helm test` runs: Argo CD never applies it, Flux where the release asks for tests. */
function isTest({ yaml, hook }: HelmDocument): boolean {
  if (hook !== true) return false;
  const reading = readRendered([yaml], { repeats: true });
  const [object] = reading.kind === "objects" ? reading.objects : [];
  const metadata = object?.value["metadata"];
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  const hooks = isObject(annotations) ? annotations["helm.sh/hook"] : undefined;
  return typeof hooks === "string" && hooks.split(",").every((one) => /^test(?:-success|-failure)?$/.test(one.trim()));
}
