import { isObject } from "../../manifest/identity.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import { isSops } from "../../manifest/encrypted.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Problem } from "../../model/problem.ts";
import type { HelmRequest } from "../../model/renderer.ts";
import type { Gap } from "../../model/source.ts";
import type { ChartFiles } from "../charts/chart-files.ts";
import { firstObject } from "../charts/read-chart.ts";
import { readFile } from "../files/read-file.ts";
import type { HelmStep } from "../plan.ts";
import { withVersion } from "./tracked-version.ts";
import type { RenderContext } from "./step.ts";

/** A chart in the tree, and where it is. */
export interface PlacedChart {
  readonly chart: ChartFiles;
  readonly at: string;
  /** Schemas of values in place of the chart's own, by path within it. */
  readonly schemas?: ReadonlyMap<string, Uint8Array>;
  /** In place of the chart's own. */
  readonly version?: string;
}

/** The values files that stand in for the chart's own, by path of the tree. */
export function ownValuePaths({ ownValues, chart }: HelmStep, at: string): readonly string[] {
  return (ownValues?.files ?? []).map((path) => (chart.kind === "registry" ? `${at}/${path}` : path));
}

export type Asked =
  | { readonly kind: "asked"; readonly request: HelmRequest; readonly gaps: readonly Omit<Gap, "source">[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Reads what a step hands to Helm. */
export async function requestOf(
  step: HelmStep,
  { chart, at, schemas, version }: PlacedChart,
  { files }: RenderContext,
): Promise<Asked> {
  const layerPaths = step.values.flatMap((layer) => (layer.kind === "file" ? [layer.path] : []));
  const own = ownValuePaths(step, at);
  const bytes = await files.read([...chart.files.values(), ...layerPaths, ...own]);
  const problems: Problem[] = [];
  const gaps: Omit<Gap, "source">[] = [];
  const valuesAt = (path: string, optional: boolean): JsonObject => {
    const held = bytes.get(path);
    if (held === undefined) {
      if (!optional)
        problems.push({ stage: "render", path, message: `${path} is not in this tree: expected a values file` });
      return {};
    }
    problems.push(...readFile(path, held).problems);
    const value = firstObject(path, held) ?? {};
    if (isSops(value))
      gaps.push({ path, line: 1, reason: "the values are encrypted by SOPS: rendered with the encrypted values" });
    return value;
  };
  const values = step.values.map((layer) =>
    layer.kind === "inline" ? layer.value : valuesAt(layer.path, layer.optional === true),
  );
  const content = new Map<string, Uint8Array>();
  for (const [path, from] of chart.files) {
    if (step.skipSchemaValidation === true && /(?:^|\/)values\.schema\.json$/.test(path)) continue;
    const held = schemas?.get(path) ?? bytes.get(from);
    if (held !== undefined) content.set(path, held);
  }
  const metadata = content.get("Chart.yaml");
  if (version !== undefined && metadata !== undefined)
    content.set("Chart.yaml", withVersion("Chart.yaml", metadata, version));
  if (step.ownValues !== undefined) {
    const { ignoreMissing } = step.ownValues;
    const merged = own.reduce<JsonObject>((below, path) => merge(below, valuesAt(path, ignoreMissing)), {});
    content.set("values.yaml", new TextEncoder().encode(toJsonText(merged)));
  }
  if (problems.length > 0) return { kind: "refused", problems };
  const { releaseName, namespace, set, kubeVersion, apiVersions, includeCrds } = step;
  return {
    kind: "asked",
    gaps,
    request: {
      chart: content,
      releaseName,
      namespace,
      values,
      ...(set === undefined ? {} : { set: set.map(({ as, name, value }) => ({ as, name, value })) }),
      ...(kubeVersion === undefined ? {} : { kubeVersion }),
      ...(apiVersions === undefined ? {} : { apiVersions }),
      ...(includeCrds === undefined ? {} : { includeCrds }),
    },
  };
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: { [key: string]: JsonObject[string] } = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const held = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isObject(held) && isObject(value) ? merge(held, value) : value;
  }
  return merged;
}
