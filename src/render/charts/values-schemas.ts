import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { contentId } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { FailedFetch, FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import { bundleSchema } from "./bundle-schema.ts";

/** The schemas of a chart's values that refer to servers, with what servers have. */
export interface ValuesSchemas {
  /** By path within the chart: the whole schema, in place of the file. */
  readonly content: ReadonlyMap<string, Uint8Array>;
  readonly fetched: readonly FetchedDirectory[];
  /** The files that were fetched, with their ids. */
  readonly reads: readonly { readonly path: string; readonly id: string | undefined }[];
  readonly missing: readonly MissingSchema[];
}

/** A file that a schema refers to and that is not at hand. */
export interface MissingSchema {
  /** The schema's path within the chart. */
  readonly path: string;
  readonly url: string;
  /** Absent where nothing is fetched at all. */
  readonly failure?: FailedFetch;
}

export const noSchemas: ValuesSchemas = { content: new Map(), fetched: [], reads: [], missing: [] };

interface Search {
  readonly files: TreeFiles;
  readonly remotes: RemoteDirectories;
}

/** More are not fetched for one schema. */
const mostFiles = 100;

/** Fetches what the schemas of a chart's values refer to, and of its dependencies: Helm does before it renders. */
export async function valuesSchemas(chart: ReadonlyMap<string, string>, search: Search): Promise<ValuesSchemas> {
  const paths = [...chart].filter(([path]) => /^(?:charts\/[^/]+\/)*values\.schema\.json$/.test(path));
  const bytes = await search.files.read(paths.map(([, from]) => from));
  const content = new Map<string, Uint8Array>();
  const fetched = new Map<string, FetchedDirectory>();
  const reads = new Map<string, string | undefined>();
  const missing: MissingSchema[] = [];
  for (const [path, from] of paths) {
    const text = new TextDecoder().decode(bytes.get(from));
    // Reading a schema that names no server is for nothing.
    if (!/:\\?\/\\?\//.test(text)) continue;
    const schema = parsed(text);
    if (schema === undefined) continue;
    let asked = 0;
    const whole = await bundleSchema(schema, async (url) => {
      const found = await fetchSchema(url, asked++, search);
      if (found === undefined || "failure" in found) missing.push({ path, url, ...found });
      if (found === undefined || "failure" in found) return undefined;
      fetched.set(url, found.fetched);
      reads.set(found.path, contentId(search.files.fileAt(found.path)));
      return found.schema;
    });
    if (whole !== undefined) content.set(path, new TextEncoder().encode(JSON.stringify(whole)));
  }
  return {
    content,
    fetched: [...fetched.values()],
    reads: [...reads].map(([path, id]) => ({ path, id })),
    missing,
  };
}

type FetchedSchema =
  | { readonly schema: JsonObject; readonly path: string; readonly fetched: FetchedDirectory }
  | { readonly failure: FailedFetch };

async function fetchSchema(
  url: string,
  before: number,
  { files, remotes }: Search,
): Promise<FetchedSchema | undefined> {
  if (before >= mostFiles)
    return { failure: { kind: "refused", message: `the schema refers to more than ${mostFiles} files` } };
  const found = await remotes.fetch({ kind: "file", url, once: true });
  if (found === undefined) return undefined;
  if (found.kind !== "found") return { failure: found };
  const [path = ""] = files.filesBelow(found.directory);
  const schema = parsed(new TextDecoder().decode((await files.read([path])).get(path)));
  if (schema === undefined) return { failure: { kind: "absent", message: `${url} is no JSON schema` } };
  return { schema, path, fetched: found };
}

/** Undefined where it is no object: Helm tells of its own chart's what is wrong. */
function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
