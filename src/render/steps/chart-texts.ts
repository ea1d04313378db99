import type { Json, JsonObject } from "../../model/json.ts";
import type { HelmRequest } from "../../model/renderer.ts";
import { archivedFiles } from "../charts/archived-files.ts";
import { chartQuestions, type ChartQuestions } from "../charts/chart-questions.ts";

/** The deepest archive within archives that is read. */
const deepest = 5;

/** What the templates of a request ask, those in archives included. */
export async function questionsOf({ chart, values, set = [] }: HelmRequest): Promise<ChartQuestions> {
  const files = new Map<string, string>();
  const decoder = new TextDecoder();
  const add = async (from: ReadonlyMap<string, Uint8Array>, prefix: string, depth: number): Promise<void> => {
    for (const [path, bytes] of from) {
      const isPacked = /\.(?:tgz|tar\.gz)$/.test(path) && (from.size === 1 || /(?:^|\/)charts\/[^/]+$/.test(path));
      const packed = isPacked && depth < deepest ? await archivedFiles(bytes) : undefined;
      if (packed === undefined) files.set(prefix + path, isPacked ? "" : decoder.decode(bytes));
      else if (from.size === 1 && depth === 0) await add(withoutFirst(packed), prefix, depth + 1);
      else await add(packed, prefix + path.slice(0, path.lastIndexOf("/") + 1), depth + 1);
    }
  };
  await add(chart, "", 0);
  const texts = [...files].flatMap(([path, text]) =>
    /(?:^|\/)(?:templates|crds)\/|\.(?:md|gotmpl)$/.test(path) ? [] : [text.replaceAll(/^[ \t]*#.*$/gm, "")],
  );
  return chartQuestions(files, [...texts, ...values.flatMap(stringsIn), ...set.map(({ value }) => value)]);
}

function withoutFirst(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  return new Map([...files].map(([path, bytes]) => [path.slice(path.indexOf("/") + 1), bytes]));
}

function stringsIn(value: Json | JsonObject): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((item: Json) => stringsIn(item));
}
