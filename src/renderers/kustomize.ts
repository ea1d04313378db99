import type {
  HelmRequest,
  KustomizeAnswer,
  KustomizeChart,
  KustomizeOrigin,
  KustomizeRequest,
  Renderer,
  RenderOutcome,
} from "../model/renderer.ts";
import type { JsonObject } from "../model/json.ts";
import type { ModuleOutcome, ModulePool } from "./module-pool.ts";
import { packFiles } from "./pack-files.ts";

interface Answer {
  readonly origins: readonly KustomizeOrigin[] | null;
  readonly reads: readonly string[] | null;
  /** To be rendered first: nothing was built. */
  readonly charts?: readonly Chart[];
  readonly failure?: { readonly message: string; readonly path?: string; readonly line?: number };
}

interface Chart {
  /** Directory of the tree. */
  readonly home: string;
  readonly releaseName: string;
  readonly namespace: string;
  readonly values: readonly (JsonObject | null)[];
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly includeCrds: boolean;
  readonly skipHooks: boolean;
  readonly skipTests: boolean;
}

interface RenderedTemplate {
  readonly template: string;
  readonly yaml: string;
}

/** Kustomize prints where a generator lies in memory, which is another place every time. */
const address = / ?&\{0x[0-9a-f]+[^}]*\}/g;

const decoder = new TextDecoder();

/**
 * `kustomize build` over the files of the request; charts that it asks for are rendered by `helm` first, and what then is
 * asked of `again`.
 */
export async function renderKustomize(
  { pool, again }: { readonly pool: Pick<ModulePool, "ask">; readonly again: Pick<ModulePool, "ask"> },
  helm: Renderer["helm"],
  request: KustomizeRequest,
): Promise<RenderOutcome<KustomizeAnswer>> {
  const { files, cluster = {}, ...options } = request;
  const { list, blob } = packFiles(files);
  const build = { ...options, files: list };
  const first = await pool.ask<Answer>("kustomize", build, blob);
  if (first.kind !== "answered" || first.answer.charts === undefined) return toOutcome(first);
  const charts: (readonly RenderedTemplate[])[] = [];
  const told: KustomizeChart[] = [];
  for (const chart of first.answer.charts) {
    const asked = inCluster(chart, cluster);
    const rendered = await renderChart(asked, files, helm);
    if (rendered.kind !== "rendered") return rendered;
    charts.push(rendered.answer);
    const { home, values, kubeVersion, apiVersions } = asked;
    told.push({
      home,
      values: values.map((layer) => layer ?? {}),
      ...(kubeVersion === undefined ? {} : { kubeVersion }),
      ...(apiVersions === undefined ? {} : { apiVersions }),
      printed: [...new Set(rendered.answer.map(({ template }) => template))],
    });
  }
  const outcome = toOutcome(await again.ask<Answer>("kustomize", { ...build, charts }, blob));
  return outcome.kind === "rendered" ? { ...outcome, answer: { ...outcome.answer, charts: told } } : outcome;
}

/** The chart as the kustomization has it rendered, with what is known of the cluster. */
function inCluster(chart: Chart, { kubeVersion, apiVersions = [] }: NonNullable<KustomizeRequest["cluster"]>): Chart {
  const all = [...new Set([...(chart.apiVersions ?? []), ...apiVersions])];
  return {
    ...chart,
    ...(chart.kubeVersion === undefined && kubeVersion !== undefined ? { kubeVersion } : {}),
    ...(all.length === 0 ? {} : { apiVersions: all }),
  };
}

function toOutcome(outcome: ModuleOutcome<Answer>): RenderOutcome<KustomizeAnswer> {
  if (outcome.kind !== "answered") return outcome;
  const { failure, origins, reads } = outcome.answer;
  if (failure !== undefined) return { kind: "failed", ...failure, message: failure.message.replaceAll(address, "") };
  return {
    kind: "rendered",
    answer: { yaml: decoder.decode(outcome.blob), origins: origins ?? [], reads: reads ?? [] },
  };
}

async function renderChart(
  { home, values, skipHooks, skipTests, namespace, ...options }: Chart,
  files: KustomizeRequest["files"],
  helm: Renderer["helm"],
): Promise<RenderOutcome<readonly RenderedTemplate[]>> {
  const below = `${home}/`;
  const chart = new Map([...files].flatMap(([path, bytes]) => pathsBelow(path, bytes, below)));
  const request: HelmRequest = {
    ...options,
    chart,
    namespace: namespace === "" ? "default" : namespace,
    values: values.map((layer) => layer ?? {}),
  };
  const outcome = await helm(request);
  if (outcome.kind === "failed") {
    const path = outcome.path === undefined ? {} : { path: `${below}${outcome.path}` };
    return { ...outcome, message: `chart ${home}: ${outcome.message}`, ...path };
  }
  if (outcome.kind !== "rendered") return outcome;
  const kept = outcome.answer.documents.filter(
    ({ hook, yaml }) => !(hook === true && (skipHooks || (skipTests && testHook.test(yaml)))),
  );
  return { kind: "rendered", answer: kept.map(({ template, yaml }) => ({ template, yaml })) };
}

function pathsBelow(path: string, bytes: Uint8Array, below: string): readonly (readonly [string, Uint8Array])[] {
  return path.startsWith(below) ? [[path.slice(below.length), bytes]] : [];
}

const testHook = /helm\.sh\/hook["']?:.*\btest/;
