import type { SourceGraph } from "../../model/source.ts";

/** The graph as a Mermaid flowchart, which GitHub draws: declared sources, the environments they reach, and gaps in dashed boxes. */
export function graphMermaid({ sources, gaps }: SourceGraph): string {
  const ids = new Map(sources.map(({ id }, index) => [id, `s${index}`]));
  const environments = [...new Set(sources.flatMap((source) => source.environments))].toSorted();
  const nodes = sources.map(({ id, manifests }, index) => {
    const count =
      manifests === undefined ? "not rendered" : `${manifests} ${manifests === 1 ? "manifest" : "manifests"}`;
    return `  s${index}["${quoted(id)}<br>${count}"]`;
  });
  const targets = environments.map((name, index) => `  e${index}(["${quoted(name)}"])`);
  const declares = sources.flatMap(({ id, parent }) => {
    const from = parent === undefined ? undefined : ids.get(parent);
    return from === undefined ? [] : [`  ${from} --> ${ids.get(id)}`];
  });
  const reaches = sources.flatMap((source) =>
    source.environments.map((name) => `  ${ids.get(source.id)} -.-> e${environments.indexOf(name)}`),
  );
  const missing = gaps.flatMap(({ source, reason }, index) => [
    `  g${index}["${quoted(reason)}"]:::gap`,
    ...(ids.has(source) ? [`  ${ids.get(source)} --- g${index}`] : []),
  ]);
  const style = gaps.length === 0 ? [] : ["  classDef gap stroke-dasharray: 4 3"];
  return `${["flowchart LR", ...nodes, ...targets, ...declares, ...reaches, ...missing, ...style].join("\n")}\n`;
}

/** Mermaid ends a quoted label at a quote and parses markup in it: everything but plain text becomes an entity. */
function quoted(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ._/@:,=+-]/gu, (character) => `#${character.codePointAt(0)};`);
}
