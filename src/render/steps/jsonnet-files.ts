import type { Problem } from "../../model/problem.ts";
import { directoryFiles } from "../argocd/directory-files.ts";
import { isJsonnet } from "../argocd/jsonnet-options.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { treeView } from "../files/tree-view.ts";
import { importClosures, mostImports, type ImportClosure } from "../jsonnet/import-closure.ts";
import type { DirectoryStep } from "../plan.ts";
import type { Entry } from "./entry.ts";
import { failure } from "./failure.ts";
import type { RenderContext, StepRendering, UnkeyedStep } from "./step.ts";

/** The Jsonnet files of a directory that Argo CD evaluates. */
export interface JsonnetFiles extends Pick<UnkeyedStep, "problems" | "gaps"> {
  readonly mains: readonly { readonly path: string; readonly closure: ImportClosure }[];
  /** Every path that evaluating them may look for. */
  readonly asked: readonly string[];
}

/** Finds what the Jsonnet files of a directory import. */
export async function jsonnetFiles(step: DirectoryStep, files: TreeFiles): Promise<JsonnetFiles> {
  if (step.jsonnet === undefined) return { mains: [], asked: [], problems: [], gaps: [] };
  const closureOf = importClosures(step.path, step.jsonnet, files);
  const mains: JsonnetFiles["mains"][number][] = [];
  for (const path of (await directoryFiles(step, treeView(files))).filter(isJsonnet))
    mains.push({ path, closure: await closureOf(path) });
  const at = (path: string) => ({ path: files.fileAt(path)?.path ?? path, line: 1 });
  return {
    mains,
    asked: mains.flatMap(({ closure }) => closure.asked),
    problems: mains.flatMap(({ path, closure }): readonly Problem[] => {
      const message = `imports more than ${mostImports.toLocaleString("en")} files`;
      return closure.isTooLarge === true ? [{ stage: "render", ...at(path), message }] : [];
    }),
    gaps: mains.flatMap(({ path, closure: { inSubmodule } }) => {
      if (inSubmodule === undefined) return [];
      const reason = `not rendered: it imports ${inSubmodule.path}, which is in the submodule ${inSubmodule.submodule}`;
      return [{ ...at(path), reason }];
    }),
  };
}

/** What the Jsonnet files of a directory yield. */
interface Evaluated {
  readonly kind: "evaluated";
  /** JSON texts by path of the file. */
  readonly documents: ReadonlyMap<string, readonly string[]>;
  /** The Jsonnet files that all of this comes of. */
  readonly accounts: readonly string[];
}

/** Evaluates them; the first that fails fails the directory, as it does for Argo CD. */
export async function evaluate(
  { path: directory, jsonnet }: DirectoryStep,
  { mains }: JsonnetFiles,
  { files, renderer }: RenderContext,
  entry: Entry,
): Promise<Evaluated | (StepRendering & { readonly kind: "failed" })> {
  const documents = new Map<string, readonly string[]>();
  const accounts = new Set<string>();
  const { libraries = [], tlas = [], extVars = [] } = jsonnet ?? {};
  const outcomes = await Promise.all(
    mains.map(async ({ path, closure }) => {
      const read = await files.read(closure.files);
      const searchPath = [directory, ...libraries];
      return { path, closure, outcome: await renderer.jsonnet({ main: path, files: read, searchPath, tlas, extVars }) };
    }),
  );
  for (const { path, closure, outcome } of outcomes) {
    if (outcome.kind !== "rendered") {
      const isOwn = outcome.kind === "failed" && outcome.path === path;
      const told = isOwn ? outcome : { ...outcome, message: `${path}: ${outcome.message}` };
      return failure(told, { path, entry, files });
    }
    documents.set(path, outcome.answer.documents);
    for (const one of closure.files)
      if (/\.(?:jsonnet|libsonnet)$/.test(one)) accounts.add(files.fileAt(one)?.path ?? one);
  }
  return { kind: "evaluated", documents, accounts: [...accounts] };
}
