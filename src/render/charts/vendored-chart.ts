import type { ArtifactChoice, VersionRules } from "../../model/remotes.ts";
import { cleanPath } from "../files/scope.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { normalizedUrl } from "../repository-url.ts";
import { readChart } from "./read-chart.ts";
import type { LockedChart, VendorLock } from "./vendor-lock.ts";

/** The directory of vendored charts, `helm.vendor` of the configuration. */
export interface VendoredCharts {
  readonly directory: string;
  readonly lock?: VendorLock;
}

/** What a source asks a registry for. */
export interface AskedChart {
  readonly name: string;
  readonly repository: string;
  /** Exact, a range, or empty. */
  readonly version: string;
  /** See `RemoteChart`. */
  readonly rules?: VersionRules;
  readonly artifact?: ArtifactChoice;
}

/** Content of the tree that stands for something that only a server has. */
export interface VendoredCopy {
  /** The name of a chart; empty for a remote resource. */
  readonly name: string;
  /** The repository of the chart, or the URL of the resource. */
  readonly repository: string;
  /** That of the copy, which may be one of a range. */
  readonly version: string;
  /** The directory or file. */
  readonly path: string;
}

/**
 * Finds the vendored copy of a chart: the one that the lock names for it, else a directory `<name>` or an archive
 * `<name>-<version>.tgz`; of that version where an exact one is given.
 */
export async function vendoredChart(
  asked: AskedChart,
  files: TreeFiles,
  vendor: VendoredCharts | undefined,
): Promise<VendoredCopy | undefined> {
  if (vendor === undefined) return undefined;
  const { name, repository, version } = asked;
  const fits = (found: string): boolean => !isExact(version) || withoutV(found) === withoutV(version);
  const locked = vendor.lock?.charts.findLast((entry) => isOf(entry, asked) && fits(entry.version));
  if (locked !== undefined && (files.fileAt(locked.path) ?? files.directoryAt(locked.path)) !== undefined)
    return { name, repository, version: locked.version, path: locked.path };
  const directory = cleanPath(`${vendor.directory}/${name}`);
  const metadata = await readChart(directory, files);
  if (metadata !== undefined && fits(metadata.version))
    return { name, repository, version: metadata.version, path: directory };
  const start = `${directory}-`;
  const archive = files
    .filesBelow(cleanPath(vendor.directory))
    .filter((path) => path.startsWith(start) && path.endsWith(".tgz") && /^v?\d/.test(path.slice(start.length)))
    .findLast((path) => fits(path.slice(start.length, -4)));
  return archive === undefined
    ? undefined
    : { name, repository, version: archive.slice(start.length, -4), path: archive };
}

/** Whether an entry of the lock is of a chart, whatever its version. */
export function isOf(entry: LockedChart, { name, repository }: Omit<AskedChart, "version">): boolean {
  return entry.name === name && normalizedUrl(entry.repository) === normalizedUrl(repository);
}

/** Whether a version names one version of a chart, and no range. */
export function isExact(version: string): boolean {
  return /^v?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version);
}

function withoutV(version: string): string {
  return version.replace(/^v/, "");
}
