import { contentId } from "../files/content-id.ts";
import type { VendoredCopy } from "../charts/vendored-chart.ts";
import type { KustomizeAnswer, RenderOutcome } from "../../model/renderer.ts";
import { kustomizeBuild, type KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { isRemote } from "../kustomizations/remote-reference.ts";
import type { KustomizationNode } from "../kustomizations/kustomization-graph.ts";
import { ownTexts, type OwnTexts } from "../own-text.ts";
import type { Gap } from "../../model/source.ts";
import type { KustomizeStep } from "../plan.ts";
import { documentsIn, readRendered, type RenderedObject } from "../rendered-objects.ts";
import { isKustomizationName } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { chartAccounts, isAccounted } from "./chart-accounts.ts";
import type { Entry } from "./entry.ts";
import { failure, unreadable } from "./failure.ts";
import { finish } from "./finish.ts";
import { generatorGaps } from "./generator-gaps.ts";
import { kustomizeCharts, type KustomizeCharts } from "./kustomize-charts.ts";
import { withChartAnswers } from "./kustomize-chart-answers.ts";
import { kustomizeGaps } from "./kustomize-gaps.ts";
import { kustomizeFiles, type KustomizeFiles } from "./kustomize-files.ts";
import { kustomizePlacesOf, writtenLines } from "./kustomize-places.ts";
import { lineOfEntry } from "./line-of-entry.ts";
import { referrers } from "./referrers.ts";
import { nothing, type StepRendering, type RenderContext, type UnkeyedStep } from "./step.ts";

/** Prepares a Kustomize build: finds everything it reads, without rendering. */
export async function kustomizeStep(step: KustomizeStep, context: RenderContext, entry: Entry): Promise<UnkeyedStep> {
  const { files, nodes } = context;
  const root = files.directoryAt(step.path) ?? step.path;
  await nodes.load([root]);
  const standIns = new Map<string, KustomizationNode>();
  for (const [path, bytes] of step.overrides ?? []) {
    const node = isKustomizationName(path) ? await nodes.standIn(path, bytes) : undefined;
    if (node !== undefined) standIns.set(node.directory, node);
  }
  const used = { get: (directory: string) => standIns.get(directory) ?? nodes.get(directory) };
  const build = kustomizeBuild(root, used);
  const asked = new Map(build?.asks.map(({ path, entry }) => [path, contentId(entry)]) ?? []);
  const charts = await kustomizeCharts(build, context);
  for (const [path, from] of charts.files) asked.set(path, contentId(files.fileAt(from)));
  for (const path of step.overrides?.keys() ?? []) asked.delete(path);
  const work: Work = { build, charts, step, context, entry };
  const missing =
    build === undefined ? { gaps: [], problems: [] } : await kustomizeGaps(build, files, step.anywhere === true);
  const generators = build === undefined ? [] : await generatorGaps(build, used, files);
  const gaps = [...charts.gaps, ...missing.gaps, ...generators];
  return {
    reads: [...[...asked].map(([path, id]) => ({ path, id })), ...charts.reads],
    problems: [...charts.problems, ...missing.problems],
    gaps: [...gaps, ...charts.doubts],
    copies: [...charts.copies, ...(build === undefined ? [] : resourceCopies(build, files))],
    fetched: [...charts.fetched, ...(build?.nodes ?? []).flatMap((node) => node.fetched)],
    ...(build === undefined ? {} : { referredAt: referrers(build, charts, files) }),
    ...(gaps.length === 0 ? {} : { stopped: true as const }),
    ...(charts.charts.length === 0 ? { used: withoutCluster(step) } : {}),
    render: async () => {
      if (gaps.length > 0) return nothing;
      const bytes = await bytesOf(work);
      const { servesNoOther: _, ...cluster } = step.cluster ?? {};
      const ask = (served: readonly string[]): Promise<RenderOutcome<KustomizeAnswer>> =>
        context.renderer.kustomize({
          root,
          files: bytes.files,
          ...(step.anywhere === undefined ? {} : { anywhere: step.anywhere }),
          ...(charts.charts.length === 0
            ? {}
            : { cluster: { ...cluster, apiVersions: [...(cluster.apiVersions ?? []), ...served] } }),
        });
      const outcome = await ask([]);
      if (outcome.kind !== "rendered") return failure(outcome, { path: build?.path, entry, files });
      return withChartAnswers(
        outcome.answer,
        { step, charts, bytes: bytes.files, entry, context },
        {
          ask,
          read: (answer) => rendered(answer, bytes, work),
        },
      );
    },
    places: async (rendering) => {
      const { files: bytes, standFor } = await bytesOf(work);
      const written = await writtenLines(step);
      return kustomizePlacesOf(rendering, {
        root,
        files: bytes,
        nameOf: (path) => standFor.get(path) ?? files.fileAt(path)?.path ?? path,
        written,
      });
    },
  };
}

/** A build without charts renders the same in every cluster. */
function withoutCluster(step: KustomizeStep): KustomizeStep {
  const { cluster: _, ...rest } = step;
  return rest;
}

/** A prepared step. */
interface Work {
  readonly build: KustomizeBuild | undefined;
  readonly charts: KustomizeCharts;
  readonly step: KustomizeStep;
  readonly context: RenderContext;
  readonly entry: Entry;
}

async function bytesOf({ build, charts, step, context: { files } }: Work): Promise<KustomizeFiles> {
  const paths = (build?.asks ?? []).filter(({ entry }) => entry !== undefined).map(({ path }) => path);
  const read = await files.read([...paths, ...charts.files.values()]);
  const bytes = new Map<string, Uint8Array>();
  const put = (path: string, from: string): void => {
    const held = read.get(from);
    if (held !== undefined) bytes.set(path, held);
  };
  for (const path of paths) put(path, path);
  for (const [path, from] of charts.files) put(path, from);
  for (const [path, content] of charts.content) bytes.set(path, content);
  for (const [path, content] of step.overrides ?? []) bytes.set(path, content);
  const made =
    build === undefined ? { files: bytes, standFor: new Map<string, string>() } : kustomizeFiles(build, bytes);
  return { files: made.files, standFor: new Map([...charts.files, ...made.standFor]) };
}

async function rendered(answer: KustomizeAnswer, bytes: KustomizeFiles, work: Work): Promise<StepRendering> {
  const { build, step, context, entry } = work;
  const { files } = context;
  const texts = documentsIn(answer.yaml);
  const nameOf = (path: string): string => bytes.standFor.get(path) ?? files.fileAt(path)?.path ?? path;
  const finished = await finish(texts, step.finish, context);
  if (finished.kind === "failed") return failure(finished.outcome, { path: build?.path, entry, files });
  const reading = readRendered(finished.documents.map(({ text }) => text));
  if (reading.kind === "unreadable") return unreadable(reading.message, entry);
  const own = ownTexts(bytes.files, nameOf);
  const originOf = (document: number): KustomizeAnswer["origins"][number] | undefined =>
    answer.origins[finished.documents[document]?.from ?? -1];
  const objects = reading.objects.map((object): RenderedObject => {
    const origin = originOf(object.document);
    const position =
      origin?.path === undefined
        ? generatedPosition(origin?.configuredIn, object, own, nameOf)
        : (own.find(origin.path, object) ?? { path: nameOf(origin.path), document: 0, line: 1, pointer: "" });
    return position === undefined ? object : { ...object, position };
  });
  return {
    kind: "rendered",
    objects,
    yaml: finished.changed ? finished.documents.map(({ text }) => text).join("---\n") : answer.yaml,
    accounts: accountsOf(work, { answer, objects, own }),
    gaps: leftGaps(finished.unknown ?? [], step, entry),
    trace: objects.map(({ document }) => originOf(document) ?? null),
  };
}

/** A gap for variables that an optional object may set where only the cluster has it. */
function leftGaps(
  names: readonly string[],
  { finish: { substitute } = {} }: KustomizeStep,
  entry: Entry,
): readonly Omit<Gap, "source">[] {
  const { absent = [] } = substitute ?? {};
  if (names.length === 0 || absent.length === 0) return [];
  const variables = names.map((name) => `\${${name}}`).join(", ");
  const reason = `${variables}: not set in this repository and without a default; the optional ${absent.join(", ")} may set them`;
  return [{ ...entry, reason }];
}

/** The files that the build accounts for: resources and patches, and others whose objects are all in the output. */
function accountsOf(
  { build, charts, context: { files } }: Work,
  {
    answer,
    objects,
    own,
  }: { readonly answer: KustomizeAnswer; readonly objects: readonly RenderedObject[]; readonly own: OwnTexts },
): readonly string[] {
  const accounts = new Set<string>();
  for (const { path, entry, use } of build?.asks ?? []) {
    if (entry === undefined) continue;
    const trusted = use === "kustomization" || use === "resource" || use === "patch";
    const matchedBy = use === "targeted-patch" ? "kind" : "identity";
    if (trusted || isAccounted(path, own, objects, matchedBy)) accounts.add(files.fileAt(path)?.path ?? path);
  }
  const printed = answer.origins.flatMap(({ path }) => (path === undefined ? [] : [path]));
  for (const { home, files: chart } of charts.charts) {
    const inner = printed.flatMap((path) => (path.startsWith(`${home}/`) ? [path.slice(home.length + 1)] : []));
    const where = new Map([...chart.keys()].map((path) => [path, `${home}/${path}`]));
    for (const path of chartAccounts(where, new Set(inner), { own, objects }))
      accounts.add(files.fileAt(charts.files.get(path) ?? path)?.path ?? path);
  }
  return [...accounts].toSorted();
}

/** The position of a generated object: the line of its generator's entry. */
function generatedPosition(
  path: string | undefined,
  { identity }: RenderedObject,
  own: OwnTexts,
  nameOf: (path: string) => string,
): RenderedObject["position"] {
  if (path === undefined) return undefined;
  const line = lineOfEntry(
    own.reading(path),
    (entry) => entry.name !== undefined && identity.name.includes(entry.name),
  );
  return { path: nameOf(path), document: 0, line: line ?? 1, pointer: "" };
}

/** The copies that the configuration names for remote resources. */
function resourceCopies({ unresolved }: KustomizeBuild, files: TreeFiles): readonly VendoredCopy[] {
  return unresolved.flatMap((entry) =>
    entry.kind !== "remote" && isRemote(entry.written) && files.fetchedAt(entry.to) === undefined
      ? [{ name: "", repository: entry.written, version: "", path: entry.to }]
      : [],
  );
}
