import { contentId } from "../files/content-id.ts";
import { sha256 } from "../../manifest/sha256.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import type { HelmAnswer, HelmRequest, RenderOutcome } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import type { ChartFiles } from "../charts/chart-files.ts";
import type { ChartQuestions } from "../charts/chart-questions.ts";
import { digestText } from "../digest-text.ts";
import type { HelmStep } from "../plan.ts";
import type { RenderedObject } from "../rendered-objects.ts";
import { questionsOf } from "./chart-texts.ts";
import { answered, answersFor, stableKinds, whenIt, type Answers } from "./helm-answers.ts";
import { doubtsIn } from "./helm-doubts.ts";
import { readOutput, type HelmInput, type HelmTrace } from "./helm-output.ts";
import type { RenderContext, StepRendering } from "./step.ts";
import { withoutPlaces } from "./without-places.ts";

/** The renderings that a chart takes: one for each combination of answers to what it asks. */
export interface HelmRenderings {
  readonly questions: ChartQuestions;
  readonly isCut: boolean;
  readonly asked: readonly { readonly answers: Answers; readonly request: HelmRequest }[];
}

type Refused = Exclude<RenderOutcome<HelmAnswer>, { readonly kind: "rendered" }>;

/** Reads what the chart of a request asks, and with what answers it is to be rendered. */
export async function renderingsFor(
  request: HelmRequest,
  step: HelmStep,
  { files: chart }: ChartFiles,
  context: RenderContext,
): Promise<HelmRenderings> {
  // Another version and other values stand in for the chart's own only in the request.
  const contentOf = (path: string): string | undefined =>
    path === "values.yaml" || path === "Chart.yaml"
      ? undefined
      : contentId(context.files.fileAt(chart.get(path) ?? ""));
  const questions = await questionsOf(request, contentOf, context);
  const apiVersions = [...(request.apiVersions ?? []), ...stableKinds(questions)];
  const { answers, isCut } = answersFor(questions, step);
  const base = apiVersions.length === 0 ? request : { ...request, apiVersions };
  return { questions, isCut, asked: answers.map((one) => ({ answers: one, request: answered(base, one) })) };
}

/** Renders a chart under every combination of answers; a refusal where Helm refuses all of them. */
export async function renderAll(
  { questions, isCut, asked }: HelmRenderings,
  input: HelmInput,
  gaps: readonly Omit<Gap, "source">[],
): Promise<StepRendering | Refused> {
  const outcomes = await renderEach(asked, input.context.renderer);
  const ended = outcomes.find(({ kind }) => kind !== "rendered" && kind !== "failed");
  if (ended !== undefined && ended.kind !== "rendered") return ended;
  const read: (StepRendering & { readonly kind: "rendered" })[] = [];
  const printed = new Set<string>();
  for (const [rendering, outcome] of outcomes.entries()) {
    if (outcome.kind !== "rendered") continue;
    for (const { template } of outcome.answer.documents) printed.add(template);
    const when = whenIt(asked[rendering]?.answers ?? { upgrade: false, apiVersions: [] });
    const one = await readOutput(outcome.answer, input, { rendering, when });
    if (one.kind === "failed") return one;
    read.push(one);
  }
  const [first] = outcomes;
  if (read.length === 0 && first !== undefined && first.kind !== "rendered") return first;
  const refused = outcomes.flatMap((outcome, at) =>
    outcome.kind === "failed" && questions.looksUp && asked[at]?.answers.upgrade === true ? [outcome.message] : [],
  );
  const rendered = merged(read, [
    ...gaps,
    ...doubts({ questions, isCut, asked }, input, printed),
    ...unseen(refused, input),
  ]);
  return asksApiVersions(questions) ? { ...rendered, asksApiVersions: true } : rendered;
}

/** The answers change nothing that a schema sees: where the values fulfil it once, they need not again. */
async function renderEach(
  [first, ...others]: HelmRenderings["asked"],
  renderer: RenderContext["renderer"],
): Promise<readonly RenderOutcome<HelmAnswer>[]> {
  if (first === undefined) return [];
  const one = await renderer.helm(first.request);
  const rest = others.map(({ request }) => renderer.helm(one.kind === "rendered" ? withoutSchemas(request) : request));
  return [one, ...(await Promise.all(rest))];
}

/** The same for values that are known to be valid: a schema refuses values, and prints nothing. */
export function withoutSchemas(request: HelmRequest): HelmRequest {
  const chart = [...request.chart].filter(([path]) => !/(?:^|\/)values\.schema\.json$/.test(path));
  return { ...request, chart: new Map(chart) };
}

/** Whether what a chart yields may depend on the API versions that a cluster serves. */
export function asksApiVersions({ asked, doubts }: ChartQuestions): boolean {
  const facts = [...asked.flatMap((one) => [...one]), ...doubts.map(({ fact }) => fact)];
  return facts.some((fact) => fact === "apis" || fact.startsWith("api:"));
}

/** An upgrade that fails without the objects that a cluster has may well succeed with them. */
function unseen([message]: readonly string[], { entry, step }: HelmInput): readonly Omit<Gap, "source">[] {
  if (message === undefined) return [];
  const reason = `as an upgrade the chart cannot be rendered without the objects that it looks up in the cluster: ${message}`;
  return [{ ...entry, reason, inputs: digest(step) }];
}

/** Objects that equal one of an earlier rendering are one object. */
function merged(
  renderings: readonly (StepRendering & { readonly kind: "rendered" })[],
  gaps: readonly Omit<Gap, "source">[],
): StepRendering & { readonly kind: "rendered" } {
  const objects: RenderedObject[] = [];
  const trace: (HelmTrace | null)[] = [];
  const known = new Set<string>();
  const texts: string[] = [];
  for (const rendering of renderings) {
    const fresh = rendering.objects.filter(({ value }) => !known.has(toJsonText(value)));
    for (const { value } of fresh) known.add(toJsonText(value));
    objects.push(...fresh.map((object) => ({ ...object, document: object.document + trace.length })));
    trace.push(...(rendering.trace as readonly (HelmTrace | null)[]));
    if (texts.length === 0) texts.push(rendering.yaml);
    else texts.push(...fresh.map(({ value, when }) => `# Only ${when}\n${toJsonText(value)}\n`));
  }
  return {
    kind: "rendered",
    objects,
    yaml: texts.join("---\n"),
    accounts: [...new Set(renderings.flatMap(({ accounts }) => accounts))],
    gaps: [
      ...new Map([...renderings.flatMap((one) => one.gaps), ...gaps].map((gap) => [JSON.stringify(gap), gap])).values(),
    ],
    trace,
  };
}

function doubts(
  { questions, isCut }: HelmRenderings,
  { step, chart, context: { files }, entry }: HelmInput,
  printed: ReadonlySet<string>,
): readonly Omit<Gap, "source">[] {
  const found = doubtsIn(questions.doubts, step, printed).map(({ template, line, reason }) => {
    const path = chart.files.get(template);
    const file = path === undefined ? undefined : files.fileAt(path);
    return {
      ...(file === undefined ? entry : { path: file.path, line }),
      reason,
      inputs: digest(step, contentId(file)),
    };
  });
  if (!isCut) return found;
  const reason =
    "a template asks for more API versions than are judged in every combination: name them under apiVersions";
  return [...found, { ...entry, reason, inputs: digest(step) }];
}

function digest(step: HelmStep, content?: string): string {
  return sha256(digestText([withoutPlaces(step), content]));
}
