import { defaultConfig } from "../../../src/config/default-config.ts";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { Config } from "../../../src/model/config.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Renderer } from "../../../src/model/renderer.ts";
import { planArgo } from "../../../src/render/argocd/plan-argo.ts";
import type { GitOpsObject, PlanContext, Planned, TreeView } from "../../../src/render/gitops.ts";

/** A tree view over files held in memory. */
export function viewOf(files: { readonly [path: string]: string }): TreeView {
  const paths = Object.keys(files).toSorted();
  return {
    has: (path) => Object.hasOwn(files, path),
    submoduleOf: () => undefined,
    isDirectory: (path) => path === "" || paths.some((one) => one.startsWith(`${path}/`)),
    filesBelow: (directory) => paths.filter((one) => directory === "" || one.startsWith(`${directory}/`)),
    read: async (path) => (Object.hasOwn(files, path) ? new TextEncoder().encode(files[path]) : undefined),
  };
}

export interface PlanOptions {
  readonly config?: Partial<Config>;
  readonly repositories?: readonly string[];
  readonly branches?: readonly string[];
  readonly renderer?: Renderer;
  readonly environments?: readonly string[];
}

/** Plans the first Application or ApplicationSet of a file, with the other YAML files as the rest of the tree. */
export async function planFile(
  path: string,
  files: { readonly [path: string]: string },
  options: PlanOptions = {},
): Promise<Planned> {
  const manifests = manifestsOf(files);
  const manifest = manifests.find(
    ({ position, identity }) => position.path === path && /^Application(?:Set)?$/.test(identity.kind),
  );
  if (manifest === undefined) throw new Error(`${path} has no Application`);
  return planObject({ manifest, environments: options.environments ?? [] }, files, options);
}

async function planObject(
  object: GitOpsObject,
  files: { readonly [path: string]: string },
  options: PlanOptions = {},
): Promise<Planned> {
  const planned = await planArgo(object, contextOf(files, options));
  if (planned === undefined) throw new Error("not an object of Argo CD");
  return planned;
}

function contextOf(
  files: { readonly [path: string]: string },
  { config = {}, repositories = [], branches = [], renderer }: PlanOptions,
): PlanContext {
  const manifests = manifestsOf(files);
  return {
    tree: viewOf(files),
    config: { ...defaultConfig, ...config },
    repositories,
    branches,
    renderer: renderer ?? noRenderer,
    artifact: () => Promise.reject(new Error("Argo CD has no artifacts")),
    remotes: { fetch: async () => undefined, asked: () => [], added: new Map() },
    find: (_near, wanted) =>
      manifests.filter(
        ({ identity }) =>
          identity.group === wanted.group &&
          identity.kind === wanted.kind &&
          (wanted.name === undefined || identity.name === wanted.name) &&
          wanted.labelled === undefined &&
          (wanted.namespace === undefined || identity.namespace === wanted.namespace),
      ),
  };
}

function manifestsOf(files: { readonly [path: string]: string }): readonly Manifest[] {
  return Object.entries(files).flatMap(([path, text]) =>
    /\.ya?ml$/.test(path) ? readManifests(path, new TextEncoder().encode(text)).manifests : [],
  );
}

const unused = async (): Promise<never> => {
  throw new Error("nothing is rendered while this is planned");
};
const noRenderer: Renderer = {
  digest: "none",
  kustomize: unused,
  helm: unused,
  substitute: unused,
  goTemplate: unused,
  resourceSet: unused,
  jsonnet: unused,
  close: () => {},
};
