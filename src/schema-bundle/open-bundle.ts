import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import type { Life, Schema, SchemaSource } from "../schema/schema.ts";

const directory = new URL("../../../toolchain/dist/schemas/", import.meta.url);

/** The index: the first line of the bundle. The definitions follow it without separators. */
interface Index {
  readonly versions: readonly string[];
  /** By apiVersion and kind: the number of the definition, and a bit mask of the versions that serve it. */
  readonly kinds: { readonly [apiVersion: string]: { readonly [kind: string]: readonly [number, number] } };
  readonly lives: { readonly [apiVersion: string]: { readonly [kind: string]: Life } };
  /** By number: for each variant of a definition, a bit mask of the versions that have it, and its length in bytes. */
  readonly definitions: readonly (readonly (readonly [versions: number, length: number])[])[];
}

let opened: SchemaSource | undefined;

/**
 * Opens the schemas of Kubernetes that ship with this package. They are decompressed when the first is requested, and a
 * definition is parsed when it is.
 */
export function openSchemaBundle(): SchemaSource {
  opened ??= open();
  return opened;
}

interface BundleManifest {
  readonly kubernetes: readonly string[];
  readonly raw: { readonly sha256: string };
  readonly packed: { readonly file: string };
}

function open(): SchemaSource {
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", directory), "utf8")) as BundleManifest;
  let content: Content | undefined;
  const contentOf = () => (content ??= read(manifest));
  return {
    digest: manifest.raw.sha256,
    versions: manifest.kubernetes,
    get groups() {
      return contentOf().groups;
    },
    schemaOf: (version, apiVersion, kind) => contentOf().schemaOf(version, apiVersion, kind),
    served: (version) => contentOf().served(version),
    lifeOf: (apiVersion, kind) => contentOf().lifeOf(apiVersion, kind),
    definition: (version, number) => contentOf().definition(version, number),
  };
}

/** What only the schemas themselves tell. */
type Content = Omit<SchemaSource, "digest" | "versions">;

function read(manifest: BundleManifest): Content {
  const bytes = brotliDecompressSync(readFileSync(new URL(manifest.packed.file, directory)));
  if (createHash("sha256").update(bytes).digest("hex") !== manifest.raw.sha256) {
    throw new Error(`${manifest.packed.file} is not the bundle of schemas that its manifest describes`);
  }
  const end = bytes.indexOf(10);
  return contentIn(JSON.parse(bytes.toString("utf8", 0, end)) as Index, bytes.subarray(end + 1));
}

function contentIn(index: Index, texts: Buffer): Content {
  const starts = startsOf(index);
  const parsed = new Map<number, Schema>();
  const bits = new Map(index.versions.map((version, at) => [version, 1 << at]));
  const bit = (version: string): number => {
    const found = bits.get(version);
    if (found === undefined) throw new Error(`there are no schemas for Kubernetes ${version}`);
    return found;
  };
  const definition = (version: string, number: number): Schema => {
    const forms = index.definitions[number] ?? [];
    const form = forms.findIndex(([versions]) => (versions & bit(version)) !== 0);
    const start = starts[number]?.[form];
    if (start === undefined) throw new Error(`Kubernetes ${version} has no definition ${number}`);
    const known = parsed.get(start);
    if (known !== undefined) return known;
    const schema = JSON.parse(texts.toString("utf8", start, start + (forms[form]?.[1] ?? 0))) as Schema;
    parsed.set(start, schema);
    return schema;
  };
  return {
    groups: new Set([...Object.keys(index.kinds), ...Object.keys(index.lives)].map(groupOf)),
    schemaOf: (version, apiVersion, kind) => {
      const [number, versions] = own(own(index.kinds, apiVersion), kind) ?? [0, 0];
      return (versions & bit(version)) === 0 ? undefined : definition(version, number);
    },
    served: (version) =>
      Object.entries(index.kinds).map(([apiVersion, kinds]) => [
        apiVersion,
        Object.keys(kinds).filter((kind) => ((kinds[kind]?.[1] ?? 0) & bit(version)) !== 0),
      ]),
    lifeOf: (apiVersion, kind) => own(own(index.lives, apiVersion), kind),
    definition,
  };
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? "" : apiVersion.slice(0, slash);
}

function startsOf({ definitions }: Index): readonly (readonly number[])[] {
  let at = 0;
  return definitions.map((forms) =>
    forms.map(([, length]) => {
      const start = at;
      at += length;
      return start;
    }),
  );
}

function own<Value>(record: { readonly [key: string]: Value } | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
