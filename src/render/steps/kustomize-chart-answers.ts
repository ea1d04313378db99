import { toJsonText } from "../../manifest/json-text.ts";
import { sha256 } from "../../manifest/sha256.ts";
import type { KustomizeAnswer, KustomizeChart, RenderOutcome } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import type { ChartQuestions } from "../charts/chart-questions.ts";
import { digestText } from "../digest-text.ts";
import { contentId } from "../files/content-id.ts";
import type { KustomizeStep } from "../plan.ts";
import { questionsOf } from "./chart-texts.ts";
import type { Entry } from "./entry.ts";
import { answersFor, stableKinds, whenIt } from "./helm-answers.ts";
import { doubtsIn } from "./helm-doubts.ts";
import { asksApiVersions } from "./helm-renderings.ts";
import type { KustomizeCharts } from "./kustomize-charts.ts";
import type { RenderContext, StepRendering } from "./step.ts";
import { askedFor } from "./without-places.ts";

interface ChartBuild {
  readonly step: KustomizeStep;
  readonly charts: KustomizeCharts;
  /** Files as the build is handed them. */
  readonly bytes: ReadonlyMap<string, Uint8Array>;
  readonly entry: Entry;
  readonly context: RenderContext;
}

interface Builds {
  /** Builds with these API versions served besides those that are known. */
  readonly ask: (served: readonly string[]) => Promise<RenderOutcome<KustomizeAnswer>>;
  readonly read: (answer: KustomizeAnswer) => Promise<StepRendering>;
}

type AskingChart = KustomizeChart & { readonly questions: ChartQuestions };

/**
 * Reads a build, and where its charts ask for API versions that only the cluster knows the builds under every other answer.
 * What else they ask is a gap. Kustomize prints charts as `helm template` does: never as an upgrade.
 */
export async function withChartAnswers(
  first: KustomizeAnswer,
  build: ChartBuild,
  { ask, read }: Builds,
): Promise<StepRendering> {
  const charts = await Promise.all((first.charts ?? []).map((chart) => asking(chart, build)));
  if (charts.length === 0) return read(first);
  const { step, entry } = build;
  const stable = [...new Set(charts.flatMap(({ questions }) => stableKinds(questions)))];
  const { answers, isCut } = answersFor(
    {
      asked: charts.flatMap(({ questions }) => questions.asked),
      apiVersions: [...new Set(charts.flatMap(({ questions }) => questions.apiVersions))].toSorted(),
    },
    { ...step.cluster, isPrinted: true },
  );
  const readings: (StepRendering & { readonly kind: "rendered" })[] = [];
  const printed = new Set<string>();
  for (const answer of answers) {
    const served = [...stable, ...answer.apiVersions];
    const outcome = served.length === 0 ? ({ kind: "rendered", answer: first } as const) : await ask(served);
    // One answer that Kustomize refuses does not keep the others from being judged.
    if (outcome.kind !== "rendered") continue;
    // What is printed again adds nothing.
    if (printed.has(outcome.answer.yaml)) continue;
    printed.add(outcome.answer.yaml);
    const reading = await read(outcome.answer);
    if (reading.kind === "failed") return reading;
    const when = whenIt(answer);
    readings.push(
      when === undefined ? reading : { ...reading, objects: reading.objects.map((object) => ({ ...object, when })) },
    );
  }
  if (readings.length === 0) return read(first);
  const tooMany = "charts ask for more API versions than are judged in every combination: name them under apiVersions";
  return {
    ...merged(readings),
    gaps: [
      ...new Set(readings.flatMap(({ gaps }) => gaps)),
      ...charts.flatMap((chart) => doubts(chart, build)),
      ...(isCut ? [{ ...entry, reason: tooMany, inputs: sha256(digestText(askedFor(step))) }] : []),
    ],
    ...(charts.some(({ questions }) => asksApiVersions(questions)) ? { asksApiVersions: true } : {}),
  };
}

async function asking(chart: KustomizeChart, { bytes, charts, context }: ChartBuild): Promise<AskingChart> {
  const start = `${chart.home}/`;
  const files = [...bytes].flatMap(([path, content]) =>
    path.startsWith(start) ? [[path.slice(start.length), content] as const] : [],
  );
  const contentOf = (path: string): string | undefined =>
    contentId(context.files.fileAt(charts.files.get(start + path) ?? ""));
  const request = { chart: new Map(files), releaseName: "", namespace: "", values: chart.values };
  return { ...chart, questions: await questionsOf(request, contentOf, context) };
}

function doubts(
  { home, kubeVersion, printed, questions }: AskingChart,
  { step, charts, entry, context: { files } }: ChartBuild,
): readonly Omit<Gap, "source">[] {
  const known = {
    ...step.cluster,
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    isPrinted: true as const,
  };
  return doubtsIn(questions.doubts, known, new Set(printed)).map(({ template, line, reason }) => {
    const path = charts.charts.find((one) => one.home === home)?.files.get(template);
    const file = path === undefined ? undefined : files.fileAt(path);
    const inputs = sha256(digestText([askedFor(step), contentId(file)]));
    return { ...(file === undefined ? entry : { path: file.path, line }), reason, inputs };
  });
}

/** Objects that equal one of an earlier build are one object. */
function merged(
  builds: readonly (StepRendering & { readonly kind: "rendered" })[],
): StepRendering & { readonly kind: "rendered" } {
  const known = new Set<string>();
  const objects: (StepRendering & { readonly kind: "rendered" })["objects"][number][] = [];
  const trace: unknown[] = [];
  const texts: string[] = [];
  for (const [number, build] of builds.entries()) {
    if (number === 0) texts.push(build.yaml);
    for (const [at, object] of build.objects.entries()) {
      const text = toJsonText(object.value);
      if (known.has(text)) continue;
      known.add(text);
      objects.push(object);
      trace.push((build.trace as readonly unknown[])[at] ?? null);
      if (number > 0) texts.push(`# Only ${object.when}\n${text}\n`);
    }
  }
  return {
    kind: "rendered",
    objects,
    yaml: texts.join("---\n"),
    accounts: [...new Set(builds.flatMap(({ accounts }) => accounts))].toSorted(),
    gaps: [],
    trace,
  };
}
