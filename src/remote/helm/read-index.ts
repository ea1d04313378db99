import { CORE_SCHEMA, load } from "js-yaml";
import { oneLine, RemoteFailure } from "../failure.ts";
import { megabytes } from "../limits.ts";
import { isVersion } from "../versions.ts";
import { sliceIndex } from "./slice-index.ts";

/** A version of a chart, as a repository's index lists it. */
export interface IndexEntry {
  readonly version: string;
  /** Milliseconds since 1970; 0 if the index does not say. */
  readonly created: number;
  /** `sha256:…`, where the index states one. */
  readonly digest?: string;
  readonly url?: string;
}

/** The index of a repository. */
export interface ChartIndex {
  /** The versions of one chart; undefined if the repository has none of that name. */
  versionsOf(name: string): readonly IndexEntry[] | undefined;
}

/**
 * Parsing takes many times its memory, and seconds. What is listed of one chart has a few megabytes at most, and what Helm
 * writes need not be parsed as a whole.
 */
const longestParsed = 16_000_000;
const mostVersions = 50_000;

/** Reads an index, of which no more is parsed than is asked for. `what` names it in messages. */
export function readIndex(index: string, what: string): ChartIndex {
  if (!/^["']?apiVersion["']?:/m.test(index) && !index.includes('"apiVersion"')) {
    throw new RemoteFailure("absent", `${what} is not an index of charts: it has no apiVersion`);
  }
  let whole: unknown;
  return {
    versionsOf: (name) => {
      // Parsing takes seconds where there are tens of megabytes.
      if (!index.includes(name)) return undefined;
      const entries = sliced(index, name, what) ?? memberOf(memberOf((whole ??= parse(index, what)), "entries"), name);
      if (entries === undefined || entries === null) return undefined;
      if (!Array.isArray(entries))
        throw new RemoteFailure("absent", `${what} has no list of versions of ${oneLine(name)}`);
      if (entries.length > mostVersions) throw tooMuch(what, `${mostVersions} versions of ${oneLine(name)}`);
      return entries.flatMap(readEntry);
    },
  };
}

function tooMuch(what: string, most: string): RemoteFailure {
  return new RemoteFailure("refused", `${what} has more than ${most}, which are not read`);
}

function sliced(index: string, name: string, what: string): unknown {
  const slice = sliceIndex(index, name);
  if (slice === undefined) return undefined;
  if (slice.length > longestParsed) throw tooMuch(what, `${megabytes(longestParsed)} about ${oneLine(name)}`);
  try {
    const entries = memberOf(load(slice, { schema: CORE_SCHEMA }), name);
    return Array.isArray(entries) ? entries : undefined;
  } catch {
    // As when it has an alias whose anchor is elsewhere.
    return undefined;
  }
}

function parse(index: string, what: string): unknown {
  try {
    if (index.length <= longestParsed && /^\s*\{/.test(index)) return JSON.parse(index);
  } catch {
    // YAML in flow style.
  }
  if (index.length > longestParsed) throw tooMuch(what, `${megabytes(longestParsed)} in another form than Helm writes`);
  try {
    return load(index, { schema: CORE_SCHEMA });
  } catch (error) {
    throw new RemoteFailure(
      "absent",
      `${what} cannot be read: ${oneLine(error instanceof Error ? error.message : "")}`,
    );
  }
}

function readEntry(entry: unknown): readonly IndexEntry[] {
  const version = textOf(memberOf(entry, "version"));
  // Helm drops what is no semantic version.
  if (version === undefined || !isVersion(version)) return [];
  const urls = memberOf(entry, "urls");
  const url = Array.isArray(urls) ? textOf(urls[0]) : undefined;
  const created = Date.parse(textOf(memberOf(entry, "created")) ?? "");
  const digest = textOf(memberOf(entry, "digest"));
  return [
    {
      version,
      created: Number.isNaN(created) ? 0 : created,
      ...(url === undefined ? {} : { url }),
      ...(digest === undefined || digest === ""
        ? {}
        : { digest: `sha256:${digest.replace(/^sha256:/, "").toLowerCase()}` }),
    },
  ];
}

function memberOf(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as { readonly [key: string]: unknown })[key];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
