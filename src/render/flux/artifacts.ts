import { digestText } from "../digest-text.ts";
import type { DesiredStateRequest } from "../desired-state.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { treeView } from "../files/tree-view.ts";
import type { TreeView } from "../gitops.ts";
import { kustomizationNodes, type KustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import type { RemoteDirectories } from "../remotes/remote-directories.ts";
import { artifactFiles, type ArtifactFiles, type ArtifactLayout } from "./artifact-files.ts";

/** An artifact as planners and steps read it. */
export interface Artifact extends ArtifactFiles {
  readonly nodes: KustomizationNodes;
  readonly tree: TreeView;
}

/** The artifacts of one tree. */
export interface Artifacts {
  of(layout: ArtifactLayout): Promise<Artifact>;
}

/** Opens each artifact once. What the configuration puts in place of remote resources is in all of them. */
export function openArtifacts(
  files: TreeFiles,
  { remotes, ...request }: Pick<DesiredStateRequest, "cache" | "config"> & { readonly remotes: RemoteDirectories },
): Artifacts {
  const { kustomize, helm } = request.config;
  const copies = [...Object.values(kustomize.vendored), ...(helm.vendor === undefined ? [] : [helm.vendor])];
  const isCopy = (path: string): boolean => copies.some((copy) => path === copy || path.startsWith(`${copy}/`));
  const opened = new Map<string, Promise<Artifact>>();
  const open = async (layout: ArtifactLayout): Promise<Artifact> => {
    const artifact = await artifactFiles(files, layout, isCopy);
    const nodes = kustomizationNodes(artifact.files, remotes, request);
    return { ...artifact, nodes, tree: treeView(artifact.files) };
  };
  return {
    of(layout) {
      const key = digestText(layout);
      const found = opened.get(key) ?? open(layout);
      opened.set(key, found);
      return found;
    },
  };
}
