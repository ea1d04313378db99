import type { HelmStep } from "../plan.ts";
import { heldBy, valuesFile, valuesInObject } from "../positions/values-text.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import { keysOf } from "../../manifest/pointer.ts";
import type { Entry } from "./entry.ts";

/** The line of the first value that a values schema refuses, in the last layer that sets it; undefined where none does. */
export async function refusedValue(message: string, step: HelmStep, files: TreeFiles): Promise<Entry | undefined> {
  const wanted = refusedKeys(message);
  if (wanted.length === 0) return undefined;
  const bytes = await files.read(step.values.map(({ path }) => path));
  for (const layer of step.values.toReversed()) {
    const held = bytes.get(layer.path) ?? new Uint8Array();
    const text = layer.kind === "file" ? valuesFile(layer.path, held) : valuesInObject(layer.value, layer, held);
    for (const keys of wanted)
      if (heldBy(text, keys) !== undefined) {
        const { path, place } = text.place(keys);
        return { path, line: place.line };
      }
  }
  return undefined;
}

/** The keys in Helm's words for what schemas refuse: `NAME:` of a chart, then lines `- at '/a/b': …`. */
function refusedKeys(message: string): readonly (readonly string[])[] {
  let chart: string | undefined;
  return message.split("\n").flatMap((line) => {
    chart = /^([^\s:]+):$/.exec(line)?.[1] ?? chart;
    const pointer = /^\s*- at '(\/[^']*)':/.exec(line)?.[1];
    if (pointer === undefined) return [];
    const keys = keysOf(pointer);
    // Of a dependency they are below its name.
    return chart === undefined ? [keys] : [keys, [chart, ...keys]];
  });
}
