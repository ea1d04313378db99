import { isCustomResourceKind, objectsIn, type NamedObject } from "./named-objects.ts";
import type { Tree } from "../../model/tree.ts";

/** What a repository holds, as its text shows it: no more than a first configuration needs. */
export interface Survey {
  /** Files with at least one manifest. */
  readonly manifests: number;
  readonly argocd: readonly string[];
  readonly flux: readonly string[];
  readonly crds: readonly string[];
  /** Directories with a kustomization file whose parent is called overlays, clusters or environments. */
  readonly overlays: readonly string[];
  readonly charts: readonly string[];
  /** conftest.toml is at the root. */
  readonly hasConftest: boolean;
}

const ARGOCD: ReadonlySet<string> = new Set(["Application", "ApplicationSet", "AppProject"]);

/** Files above this size are not read: none that a person writes is larger. */
const LARGEST = 1024 * 1024;

/** Looks through the YAML files of a tree. */
export async function surveyOf(tree: Tree, holds: (path: string) => boolean = () => false): Promise<Survey> {
  const paths = (await tree.list()).filter(({ kind, path }) => kind === "file" && !holds(path)).map(({ path }) => path);
  const argocd: string[] = [];
  const flux: string[] = [];
  const crds: string[] = [];
  let manifests = 0;
  const decoder = new TextDecoder();
  for await (const { bytes } of tree.readAll(paths.filter((one) => /\.ya?ml$/.test(one)))) {
    if (bytes.length > LARGEST) continue;
    const objects = objectsIn(decoder.decode(bytes));
    if (objects.length > 0) manifests += 1;
    for (const object of objects) {
      if (object.apiVersion.startsWith("argoproj.io/") && ARGOCD.has(object.kind)) argocd.push(described(object));
      if (/\.toolkit\.fluxcd\.io\//.test(object.apiVersion)) flux.push(described(object));
      if (isCustomResourceKind(object)) crds.push(object.name);
    }
  }
  const kustomizations = paths.filter((path) => /(^|\/)kustomization\.ya?ml$/.test(path)).map(directoryOf);
  return {
    manifests,
    argocd,
    flux,
    crds,
    overlays: kustomizations.filter((path) => /(^|\/)(?:overlays|clusters|environments|envs)\/[^/]+$/.test(path)),
    charts: paths.filter((path) => /(^|\/)Chart\.yaml$/.test(path)).map(directoryOf),
    hasConftest: paths.includes("conftest.toml"),
  };
}

function described({ kind, name }: NamedObject): string {
  return `${kind} ${name}`;
}

function directoryOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}
