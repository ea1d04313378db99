import { defaultConfig } from "../../../src/config/default-config.ts";
import type { Config } from "../../../src/model/config.ts";
import type { Renderer } from "../../../src/model/renderer.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import { treeFiles } from "../../../src/render/files/tree-files.ts";
import { openArtifacts } from "../../../src/render/flux/artifacts.ts";
import { planFlux } from "../../../src/render/flux/plan-flux.ts";
import type { GitOpsObject, PlanContext, Planned, TreeView } from "../../../src/render/gitops.ts";
import type { HelmStep, KustomizeStep } from "../../../src/render/plan.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";

/** Files by path. */
export type Files = { readonly [path: string]: string };

export interface Options {
  readonly repositories?: readonly string[];
  readonly branches?: readonly string[];
  readonly config?: Partial<Config>;
  readonly parent?: string;
  readonly environments?: readonly string[];
}

/** A tree of these files as plans read it. */
export function viewOf(files: Files): TreeView {
  const paths = Object.keys(files).toSorted();
  const below = (directory: string): readonly string[] =>
    paths.filter((path) => directory === "" || path.startsWith(`${directory}/`));
  return {
    has: (path) => Object.hasOwn(files, path),
    submoduleOf: () => undefined,
    isDirectory: (path) => path === "" || below(path).length > 0,
    filesBelow: below,
    read: (path) => Promise.resolve(Object.hasOwn(files, path) ? new TextEncoder().encode(files[path]) : undefined),
  };
}

/** Plans the object of this kind and name that the files hold. */
export async function plan(files: Files, wanted: string, options: Options = {}): Promise<Planned> {
  const manifests = manifestsOf(files);
  const [kind = "", name = ""] = wanted.split(" ");
  const manifest = manifests.find(
    ({ identity }) =>
      identity.kind === kind && (identity.name === name || `${identity.namespace}/${identity.name}` === name),
  );
  if (manifest === undefined) throw new Error(`the fixture has no ${wanted}`);
  const object: GitOpsObject = {
    manifest,
    environments: options.environments ?? [],
    ...(options.parent === undefined ? {} : { parent: options.parent }),
  };
  const planned = await planFlux(object, contextOf(files, manifests, options));
  if (planned === undefined) throw new Error(`${wanted} is not planned`);
  return planned;
}

export function contextOf(files: Files, manifests: readonly Manifest[], options: Options): PlanContext {
  const config = { ...defaultConfig, ...options.config };
  const remotes = { fetch: async () => undefined, asked: () => [], added: new Map() };
  const artifacts = treeFiles(memoryTree(files, "tree")).then((all) =>
    openArtifacts(all, { cache: new Map(), config, remotes }),
  );
  return {
    tree: viewOf(files),
    config,
    artifact: async (layout) => (await artifacts).of(layout),
    repositories: options.repositories ?? ["https://github.com/acme/fleet"],
    branches: options.branches ?? [],
    // Planning for Flux renders nothing.
    renderer: undefined as unknown as Renderer,
    remotes,
    find: (_, wanted) =>
      manifests.filter(({ identity }) =>
        Object.entries(wanted).every(([key, value]) => identity[key as keyof typeof identity] === value),
      ),
  };
}

export function manifestsOf(files: Files): readonly Manifest[] {
  return Object.entries(files).flatMap(([path, text]) =>
    /\.ya?ml$/.test(path) ? readManifests(path, new TextEncoder().encode(text)).manifests : [],
  );
}

/** The only step of the only plan. */
export function onlyStep<Kind extends "kustomize" | "helm">(
  { plans }: Planned,
  kind: Kind,
): Kind extends "helm" ? HelmStep : KustomizeStep {
  const [step, ...others] = plans.flatMap(({ steps }) => steps);
  if (step?.kind !== kind || others.length > 0) throw new Error(`expected one ${kind} step`);
  return step as Kind extends "helm" ? HelmStep : KustomizeStep;
}

/** What stands in for the kustomization of the step. */
export function kustomizationIn({ overrides }: KustomizeStep): unknown {
  const [bytes] = overrides?.values() ?? [];
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
}

/** Every reason for a gap. */
export function gapsOf({ plans, gaps }: Planned): readonly string[] {
  return [...plans.flatMap((one) => one.gaps), ...gaps].map(({ reason }) => reason);
}
