import type { RemoteChart } from "../../model/remotes.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { FailedFetch, FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import { vendoredChart, type AskedChart, type VendoredCharts, type VendoredCopy } from "./vendored-chart.ts";

/** Where charts are looked for that a source asks a registry for. */
export interface ChartSearch {
  readonly files: TreeFiles;
  readonly vendor: VendoredCharts | undefined;
  readonly remotes: RemoteDirectories;
}

/** `missing`: there is no copy, and nothing is fetched. */
export type FoundChart =
  | { readonly kind: "copy"; readonly path: string; readonly copy: VendoredCopy }
  | { readonly kind: "fetched"; readonly path: string; readonly fetched: FetchedDirectory }
  | { readonly kind: "missing" }
  | FailedFetch;

/** Finds a chart of a registry: its copy in the tree, which wins, else what the registry has. */
export async function findChart(
  asked: AskedChart & { readonly locked?: string },
  { files, vendor, remotes }: ChartSearch,
): Promise<FoundChart> {
  const copy = await vendoredChart(asked, files, vendor);
  if (copy !== undefined) return { kind: "copy", path: copy.path, copy };
  const reference = chartReference({ ...asked, version: asked.locked ?? asked.version });
  const fetched = reference === undefined ? undefined : await remotes.fetch(reference);
  if (fetched === undefined) return { kind: "missing" };
  return fetched.kind === "found" ? { kind: "fetched", path: fetched.directory, fetched } : fetched;
}

/** How a registry is asked for a chart; undefined where its repository is none. */
export function chartReference({ repository, name, version, rules, artifact }: AskedChart): RemoteChart | undefined {
  if (!isOnServer(repository)) return undefined;
  return {
    kind: "chart",
    repository: withScheme(repository),
    name,
    version,
    ...(rules === undefined ? {} : { rules }),
    ...(artifact === undefined ? {} : { artifact }),
  };
}

/** Aliases (`@stable`, `alias:stable`) and local directories are only on somebody's machine. */
function isOnServer(repository: string): boolean {
  return /^(?:https?|oci):\/\//.test(repository) || isRegistryHost(repository);
}

/** Argo CD names OCI registries without a scheme. */
function isRegistryHost(repository: string): boolean {
  return /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/|$)/.test(repository);
}

function withScheme(repository: string): string {
  return isRegistryHost(repository) ? `oci://${repository}` : repository;
}

export function failedFetch(found: FoundChart | undefined): FailedFetch | undefined {
  const failed = found?.kind === "absent" || found?.kind === "unanswered" || found?.kind === "refused";
  return failed ? (found as FailedFetch) : undefined;
}
