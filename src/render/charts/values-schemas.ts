import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { contentId, unreadable } from "../files/content-id.ts";
import type { TreeFiles } from "../files/tree-files.ts";
import type { Facts } from "../kept-values.ts";
import type { FailedFetch, FetchedDirectory, RemoteDirectories } from "../remotes/remote-directories.ts";
import { archivedFiles } from "./archived-files.ts";
import { bundleSchema, type ReadSchema } from "./bundle-schema.ts";
import { packedFiles } from "./packed-files.ts";

/** The schemas of a chart's values that refer to servers, with what servers have. */
export interface ValuesSchemas {
  /** By path within the chart: the whole schema in place of the file, and archives with whole schemas in theirs. */
  readonly content: ReadonlyMap<string, Uint8Array>;
  readonly fetched: readonly FetchedDirectory[];
  /** The files that were fetched, with their ids. */
  readonly reads: readonly { readonly path: string; readonly id: string | undefined }[];
  readonly missing: readonly MissingSchema[];
}

/** A file that a schema refers to and that is not at hand. */
export interface MissingSchema {
  /** The path of the schema within the chart, or of the archive that it is in. */
  readonly path: string;
  readonly url: string;
  /** Absent where nothing is fetched at all. */
  readonly failure?: FailedFetch;
}

export const noSchemas: ValuesSchemas = { content: new Map(), fetched: [], reads: [], missing: [] };

/** A file with what schemas in it refer to; without content: they refer to nothing. */
export interface BundledSchema {
  /** The URLs that it took, each with the digest of what was there; empty: nothing was. */
  readonly asked: readonly (readonly [url: string, digest: string])[];
  readonly content?: Uint8Array;
}

interface Search {
  readonly files: TreeFiles;
  readonly remotes: RemoteDirectories;
  /** Schemas by the content of the chart's file. */
  readonly schemas: Facts<BundledSchema>;
}

/** More are not fetched for one schema. */
const mostFiles = 100;

/** Fetches what the schemas of a chart's values refer to, and of its dependencies: Helm does before it renders. */
export async function valuesSchemas(chart: ReadonlyMap<string, string>, search: Search): Promise<ValuesSchemas> {
  const content = new Map<string, Uint8Array>();
  const fetched = new Map<string, FetchedDirectory>();
  const reads = new Map<string, string | undefined>();
  const missing: MissingSchema[] = [];
  for (const [path, from] of chart) {
    const make = makerOf(path, chart.size === 1);
    if (make === undefined) continue;
    const found = new Map<string, FetchedSchema>();
    const whole = await bundled(from, make, found, search);
    if (whole !== undefined) content.set(path, whole);
    for (const [url, one] of found) {
      if (one.fetched === undefined)
        missing.push({ path, url, ...(one.failure === undefined ? {} : { failure: one.failure }) });
      else {
        fetched.set(url, one.fetched);
        reads.set(one.path, contentId(search.files.fileAt(one.path)));
      }
    }
  }
  return {
    content,
    fetched: [...fetched.values()],
    reads: [...reads].map(([path, id]) => ({ path, id })),
    missing,
  };
}

/** Makes what stands in for a file; undefined: nothing in it refers to a server. */
type Make = (bytes: Uint8Array, read: ReadSchema) => Promise<Uint8Array | undefined>;

/** How the schemas in a file of a chart are made whole. `isAll`: the chart is that file. */
function makerOf(path: string, isAll: boolean, depth = 0): Make | undefined {
  if (/^(?:charts\/[^/]+\/)*values\.schema\.json$/.test(path)) return wholeSchema;
  const isPacked = /^(?:charts\/[^/]+\/)*charts\/[^/]+\.tgz$/.test(path) || (isAll && /^[^/]+\.tgz$/.test(path));
  return isPacked && depth < deepest ? (bytes, read) => wholeArchive(bytes, read, depth + 1) : undefined;
}

/** The deepest archive within archives that is read. */
const deepest = 5;

async function wholeSchema(bytes: Uint8Array, read: ReadSchema): Promise<Uint8Array | undefined> {
  const schema = parsed(bytes);
  const whole = schema === undefined ? undefined : await bundleSchema(schema, read);
  return whole === undefined ? undefined : new TextEncoder().encode(JSON.stringify(whole));
}

async function wholeArchive(packed: Uint8Array, read: ReadSchema, depth: number): Promise<Uint8Array | undefined> {
  const files = (await archivedFiles(packed)) ?? new Map<string, Uint8Array>();
  const changed = new Map<string, Uint8Array>();
  for (const [path, bytes] of files) {
    const whole = await makerOf(path.slice(path.indexOf("/") + 1), false, depth)?.(bytes, read);
    if (whole !== undefined) changed.set(path, whole);
  }
  return changed.size === 0 ? undefined : packedFiles(new Map([...files, ...changed]));
}

/** What stands in for a file; puts what it refers to into `found`. The releases of one chart have it made once. */
async function bundled(
  from: string,
  make: Make,
  found: Map<string, FetchedSchema>,
  search: Search,
): Promise<Uint8Array | undefined> {
  const { files, schemas } = search;
  const id = contentId(files.fileAt(from));
  const known = id === undefined || id === unreadable ? undefined : schemas.get(id);
  for (const [url] of known?.asked ?? []) found.set(url, await fetchSchema(url, found.size, search));
  if (known?.asked.every(([url, digest]) => found.get(url)?.digest === digest) === true) return known.content;
  found.clear();
  const bytes = (await files.read([from])).get(from);
  const content =
    bytes === undefined
      ? undefined
      : await make(bytes, async (url) => {
          const one = await fetchSchema(url, found.size, search);
          const read = one.fetched === undefined ? undefined : parsed((await files.read([one.path])).get(one.path));
          found.set(url, one.fetched === undefined || read !== undefined ? one : noSchema(url));
          return read;
        });
  const asked = [...found].map(([url, { digest }]) => [url, digest] as const);
  if (id !== undefined && id !== unreadable)
    schemas.set(id, { asked, ...(content === undefined ? {} : { content }) }, 200 + (content?.length ?? 0));
  return content;
}

type FetchedSchema =
  | { readonly fetched: FetchedDirectory; readonly path: string; readonly digest: string }
  | { readonly fetched?: undefined; readonly failure?: FailedFetch; readonly digest: "" };

async function fetchSchema(url: string, before: number, { files, remotes }: Search): Promise<FetchedSchema> {
  if (before >= mostFiles) {
    const message = `the schema refers to more than ${mostFiles} files`;
    return { failure: { kind: "refused", message }, digest: "" };
  }
  const found = await remotes.fetch({ kind: "file", url, once: true });
  if (found === undefined) return { digest: "" };
  if (found.kind !== "found") return { failure: found, digest: "" };
  const [path = ""] = files.filesBelow(found.directory);
  return { fetched: found, path, digest: found.digest };
}

function noSchema(url: string): FetchedSchema {
  return { failure: { kind: "absent", message: `${url} is no JSON schema` }, digest: "" };
}

/** Undefined where it is no object: Helm tells of its own chart's what is wrong. */
function parsed(bytes: Uint8Array | undefined): JsonObject | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
