import { isObject } from "../../manifest/identity.ts";
import { readChart } from "../charts/read-chart.ts";
import type { FoundChart } from "../charts/find-chart.ts";
import { editText } from "../edited-text.ts";
import { readFile } from "../files/read-file.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { HelmStep } from "../plan.ts";

/** The version that helm-controller gives a chart; undefined: the chart's own. */
export type TrackedVersion =
  | { readonly kind: "version"; readonly version: string | undefined }
  | { readonly kind: "refused"; readonly message: string };

/**
 * What `mutateChartWithSourceRevision` of helm-controller makes of a chart that an OCIRepository names: the first 12 digits
 * of the artifact's digest become the build of its version, and a tag that is another version is refused. Of a copy in
 * the tree the digest is known where the OCIRepository names it.
 */
export async function trackedVersion(
  { chart, isDigestTracked }: HelmStep,
  found: Extract<FoundChart, { readonly kind: "copy" | "fetched" }> | undefined,
  at: string,
  files: TreeFiles,
): Promise<TrackedVersion> {
  const own: TrackedVersion = { kind: "version", version: undefined };
  if (chart.kind !== "registry" || chart.artifact === undefined || found === undefined) return own;
  const stated = (await readChart(at, files))?.version ?? "";
  const version = versionOf(stated);
  if (version === undefined) return own;
  const fetched = found.kind === "fetched" ? found.fetched : undefined;
  // What a digest names has no tag.
  const tag = chart.artifact.digest === undefined ? fetched?.version : undefined;
  const tagged = versionOf(tag?.replaceAll("_", "+") ?? "");
  if (tagged !== undefined && tagged !== version) {
    const message = `the tag ${tag} of ${chart.repository}/${chart.name} has version ${stated} of the chart: helm-controller installs no chart from a tag of another version`;
    return { kind: "refused", message };
  }
  const digest = (fetched?.digest ?? chart.artifact.digest)?.replace(/^.*:/, "");
  return digest === undefined || isDigestTracked !== true
    ? own
    : { kind: "version", version: `${version}+${digest.slice(0, 12)}` };
}

/**
 * A version as Masterminds semver (`NewVersion`) reads and prints it, without its build, which does not count when versions
 * are compared; undefined where it is none.
 */
function versionOf(text: string): string | undefined {
  const [, major, minor = "0", patch = "0", pre] = shape.exec(text) ?? [];
  if (major === undefined || pre?.split(".").some((part) => /^0\d+$/.test(part)) === true) return undefined;
  const numbers = [major, minor, patch].map((digits) => BigInt(digits));
  if (numbers.some((number) => number > largest)) return undefined;
  return `${numbers.join(".")}${pre === undefined ? "" : `-${pre}`}`;
}

const parts = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const shape = new RegExp(String.raw`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-(${parts}))?(?:\+${parts})?$`);
const largest = 2n ** 64n - 1n;

/** A Chart.yaml with another version. */
export function withVersion(path: string, bytes: Uint8Array, version: string): Uint8Array {
  const { manifests, notManifests } = readFile(path, bytes);
  const value = manifests[0]?.value ?? notManifests[0]?.value;
  if (!isObject(value)) return bytes;
  const edit = { field: "version", value: version, at: () => undefined };
  return new TextEncoder().encode(editText(path, new TextDecoder().decode(bytes), value, [edit]).text);
}
