import { sha256, sha256OfBytes } from "../../manifest/sha256.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { HelmRequest } from "../../model/renderer.ts";
import { archivedFiles } from "../charts/archived-files.ts";
import { chartQuestions, type ChartQuestions } from "../charts/chart-questions.ts";
import { digestText } from "../digest-text.ts";
import { unreadable } from "../files/content-id.ts";
import type { RenderContext } from "./step.ts";

/** The deepest archive within archives that is read. */
const deepest = 5;

type AskingRequest = Pick<HelmRequest, "chart" | "values" | "set">;

/** The content of a chart's files, by path within it; those that are not of the tree are told by their bytes. */
export type ChartContent = (path: string) => string | undefined;

/** What the templates of a request ask, those in archives included; known where the same content was read before. */
export async function questionsOf(
  request: AskingRequest,
  contentOf: ChartContent,
  { questions }: Pick<RenderContext, "questions">,
): Promise<ChartQuestions> {
  const { chart, values, set = [] } = request;
  const content = [...chart].map(([path, bytes]) => {
    const id = contentOf(path) ?? unreadable;
    return [path, id === unreadable ? sha256OfBytes(bytes) : id];
  });
  const passed = [...values.flatMap(stringsIn), ...set.map(({ value }) => value)].filter((text) => text.includes("{{"));
  const key = sha256(digestText([content, passed]));
  const known = questions.get(key);
  if (known !== undefined) return known;
  const read = await readQuestions(request);
  questions.set(key, read, 1000 + 200 * (read.asked.length + read.doubts.length));
  return read;
}

async function readQuestions({ chart, values, set = [] }: AskingRequest): Promise<ChartQuestions> {
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
