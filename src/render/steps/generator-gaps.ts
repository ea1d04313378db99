import { toJsonText } from "../../manifest/json-text.ts";
import type { JsonObject } from "../../model/json.ts";
import type { Gap } from "../../model/source.ts";
import { cleanPath } from "../files/scope.ts";
import { readFile } from "../files/read-file.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { KustomizationNode, KustomizationNodes } from "../kustomizations/kustomization-graph.ts";
import { generatedCharts } from "../kustomizations/kustomization.ts";
import { kustomizeBuild, type KustomizeBuild } from "../kustomizations/kustomize-build.ts";
import { ownTexts } from "../own-text.ts";
import { lineOfEntry } from "./line-of-entry.ts";

/**
 * A gap for each chart that an entry of `generators` has Kustomize render beside something else, or by way of a directory,
 * at its line: only configurations that hold nothing but charts are rendered.
 */
export async function generatorGaps(
  build: KustomizeBuild,
  nodes: Pick<KustomizationNodes, "get">,
  files: TreeFiles,
): Promise<readonly Omit<Gap, "source">[]> {
  const paths = new Set(build.nodes.flatMap((node) => generatorFiles(node, nodes, files)));
  const inline = build.nodes.filter(({ content }) => content.inlineGenerators.length > 0);
  if (paths.size === 0 && inline.length === 0) return [];
  const bytes = await files.read(new Set([...paths, ...inline.map(({ path }) => path)]));
  const shown = (path: string): string => files.fileAt(path)?.path ?? path;
  const own = ownTexts(bytes, shown);
  const rendered = new Set(build.charts.map(({ path }) => path));
  return [
    ...[...paths]
      .filter((path) => !rendered.has(path))
      .flatMap((path) =>
        (own.reading(path)?.manifests ?? []).flatMap(({ value, position: { line } }) =>
          chartReasons(value).map((reason) => ({ path: shown(path), line, reason })),
        ),
      ),
    ...inline.flatMap(({ path, content }) =>
      content.inlineGenerators.flatMap((text) => {
        if (generatedCharts(new TextEncoder().encode(text)) !== undefined) return [];
        const { manifests } = readFile(path, new TextEncoder().encode(text));
        const line = lineOfEntry(own.reading(path), ({ value }) => value === text) ?? 1;
        return manifests.flatMap(({ value }) =>
          chartReasons(value).map((reason) => ({ path: shown(path), line, reason })),
        );
      }),
    ),
  ];
}

/** The files that the `generators` of a kustomization lead to: those that it names, and the resources of directories that it names. */
function generatorFiles(
  { directory, content, unresolved }: KustomizationNode,
  nodes: Pick<KustomizationNodes, "get">,
  files: TreeFiles,
): readonly string[] {
  return content.plugins.flatMap(({ path: written, as }) => {
    if (as !== "generator") return [];
    const instead = unresolved.find((entry) => entry.kind !== "remote" && entry.written === written);
    const path = instead !== undefined && "to" in instead ? instead.to : cleanPath(`${directory}/${written}`);
    if (files.fileAt(path) !== undefined) return [path];
    const asks = kustomizeBuild(path, nodes)?.asks ?? [];
    return asks.flatMap((asked) => (asked.use === "resource" && asked.entry !== undefined ? [asked.path] : []));
  });
}

function chartReasons({ apiVersion, kind, ...fields }: JsonObject): readonly string[] {
  if (apiVersion !== "builtin" || kind !== "HelmChartInflationGenerator") return [];
  const text = (key: string): string => {
    const value = fields[key];
    return value === undefined || typeof value === "string" ? (value ?? "") : toJsonText(value);
  };
  const from = [text("repo"), text("version")].filter((part) => part !== "").join(" ");
  return [
    `chart ${text("name") || "without a name"}${from === "" ? "" : ` (${from})`} is not rendered, since a HelmChartInflationGenerator under \`generators\` names it beside others or in a directory: give it a file of its own, or name it under \`helmCharts\``,
  ];
}
