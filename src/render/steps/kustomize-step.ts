import type { KustomizeAnswer } from "../../model/renderer.ts";
import type { Problem } from "../../model/problem.ts";
import { digestOfBytes } from "../digest-bytes.ts";
import { kustomizeBuild, type KustomizeBuild } from "../kustomize-build.ts";
import type { KustomizationNode } from "../kustomization-nodes.ts";
import { ownTexts, type OwnTexts } from "../own-text.ts";
import type { KustomizeStep } from "../recipe.ts";
import { documentsIn, readRendered, type RenderedObject } from "../rendered-objects.ts";
import { isKustomizationName } from "../scope.ts";
import type { TreeFiles } from "../tree-files.ts";
import { haveArrived } from "./arrival.ts";
import { failure, unreadable } from "./failure.ts";
import { finish } from "./finish.ts";
import { kustomizeFiles, type KustomizeFiles } from "./kustomize-files.ts";
import { kustomizePlacesOf } from "./kustomize-places.ts";
import { lineOfEntry } from "./line-of-entry.ts";
import type { ReadyStep, StepRendering, Workshop } from "./step.ts";

/** Reads what a build will ask for; nothing is rendered. */
export async function kustomizeStep(step: KustomizeStep, workshop: Workshop): Promise<ReadyStep> {
  const { files, nodes } = workshop;
  const root = files.directoryAt(step.path) ?? step.path;
  await nodes.load([root]);
  const standIns = new Map<string, KustomizationNode>();
  for (const [path, bytes] of step.overrides ?? []) {
    const node = isKustomizationName(path) ? await nodes.standIn(path, bytes) : undefined;
    if (node !== undefined) standIns.set(node.directory, node);
  }
  const build = kustomizeBuild(root, { get: (directory) => standIns.get(directory) ?? nodes.get(directory) });
  const asked = new Map(build?.asks.map(({ path, entry }) => [path, entry?.id]) ?? []);
  for (const path of step.overrides?.keys() ?? []) asked.delete(path);
  const overrides = [...(step.overrides ?? [])].map(([path, bytes]) => [path, digestOfBytes(bytes)]);
  return {
    options: JSON.stringify(["kustomize", root, overrides, step.anywhere ?? false, step.finish ?? null]),
    reads: [...asked].map(([path, id]) => ({ path, id })),
    problems: build === undefined ? [] : await remoteProblems(build, files),
    gaps: [],
    render: async () => {
      const bytes = await bytesOf(build, step, files);
      const outcome = await workshop.renderer.kustomize({
        root,
        files: bytes.files,
        ...(step.anywhere === undefined ? {} : { anywhere: step.anywhere }),
      });
      return outcome.kind === "rendered"
        ? rendered(outcome.answer, { build, bytes, step, workshop })
        : failure(outcome, { path: build?.path ?? root, files });
    },
    places: async (rendering) => {
      const { files: bytes } = await bytesOf(build, step, files);
      return kustomizePlacesOf(rendering, { root, files: bytes, nameOf: (path) => files.fileAt(path)?.path ?? path });
    },
  };
}

async function bytesOf(
  build: KustomizeBuild | undefined,
  step: KustomizeStep,
  files: TreeFiles,
): Promise<KustomizeFiles> {
  const paths = (build?.asks ?? []).filter(({ entry }) => entry !== undefined).map(({ path }) => path);
  const bytes = new Map([...(await files.read(paths)), ...(step.overrides ?? [])]);
  return build === undefined ? { files: bytes, standFor: new Map() } : kustomizeFiles(build, bytes);
}

interface Built {
  readonly build: KustomizeBuild | undefined;
  readonly bytes: KustomizeFiles;
  readonly step: KustomizeStep;
  readonly workshop: Workshop;
}

async function rendered(answer: KustomizeAnswer, { build, bytes, step, workshop }: Built): Promise<StepRendering> {
  const { files, renderer } = workshop;
  const texts = documentsIn(answer.yaml);
  const nameOf = (path: string): string => bytes.standFor.get(path) ?? files.fileAt(path)?.path ?? path;
  const finished = await finish(texts, step.finish, renderer);
  if (finished.kind === "failed") return failure(finished.outcome, { path: build?.path ?? step.path, files });
  const reading = readRendered(finished.documents.map(({ text }) => text));
  if (reading.kind === "unreadable") return unreadable(reading.message, build?.path ?? step.path);
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
    accounts: accountsOf(build, objects, own, files),
    gaps: [],
    trace: objects.map(({ document }) => originOf(document) ?? null),
  };
}

/** Files whose own objects need not be judged: resources and patches, and of the rest what holds no whole object that is lost. */
function accountsOf(
  build: KustomizeBuild | undefined,
  objects: readonly RenderedObject[],
  own: OwnTexts,
  files: TreeFiles,
): readonly string[] {
  const accounts = new Set<string>();
  for (const { path, entry, use } of build?.asks ?? []) {
    if (entry === undefined) continue;
    const values = (): readonly RenderedObject["value"][] =>
      (own.reading(path)?.manifests ?? []).map(({ value }) => value);
    const trusted = use === "kustomization" || use === "resource" || use === "patch";
    if (trusted || haveArrived(values(), objects)) accounts.add(files.fileAt(path)?.path ?? path);
  }
  return [...accounts].toSorted();
}

/** A generator has no text of its object: the line of its entry stands for it. */
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

/** What would have to be fetched, each at its line. */
async function remoteProblems(build: KustomizeBuild, files: TreeFiles): Promise<readonly Problem[]> {
  const remote = build.odd.filter(({ kind }) => kind === "remote");
  if (remote.length === 0) return [];
  const bytes = await files.read(remote.map(({ path }) => path));
  const own = ownTexts(bytes, (path) => path);
  return remote.map(({ path, written, as }) => ({
    stage: "render",
    path: files.fileAt(path)?.path ?? path,
    line: lineOfEntry(own.reading(path), ({ value }) => value === written) ?? 1,
    message: `${written} (${as}) is not in this repository, and nothing is fetched: expected a copy in the tree, named under \`kustomize.vendored\``,
  }));
}
