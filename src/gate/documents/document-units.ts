import type { DocumentsEntry } from "../../model/config.ts";
import type { DocumentParser, ParserName } from "../../model/document-parser.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Manifest } from "../../model/manifest.ts";
import type { Problem } from "../../model/problem.ts";
import type { Source } from "../../model/source.ts";
import type { Tree, TreeEntry } from "../../model/tree.ts";
import { tooLarge } from "../../render/files/read-file.ts";
import type { Unit, UnitReading } from "../../render/unit.ts";
import { documentSource } from "../match-manifests.ts";
import { companionsOf } from "./companions.ts";
import { documentFiles, type DocumentFile } from "./document-files.ts";
import { documentPlaces, type FindDocumentPlace } from "./document-places.ts";

/** What documents are found with. */
export interface DocumentsRequest {
  readonly documents: readonly DocumentsEntry[];
  readonly parser: DocumentParser;
  /** Whether a path is to be judged at all. */
  readonly isMeant: (path: string) => boolean;
}

/** The files of a tree that `documents:` names, as units: each is parsed when it is asked for, and judged like what a source yields. */
export async function documentUnits(
  tree: Tree,
  { documents, parser, isMeant }: DocumentsRequest,
): Promise<readonly Unit[]> {
  if (documents.length === 0) return [];
  const entries = await tree.list();
  const files = new Map(entries.map((entry) => [entry.path, entry]));
  const units: Unit[] = [];
  for (const found of documentFiles(documents, entries, isMeant)) {
    const companions =
      found.parser === undefined || unreadable(found.file) !== undefined
        ? []
        : await companionsOf(tree, found.parser, found.file.path, files);
    units.push(unitOf(tree, found, companions, parser));
  }
  return units;
}

function unitOf(
  tree: Tree,
  { entry, file, parser }: DocumentFile,
  companions: readonly TreeEntry[],
  by: DocumentParser,
) {
  const { path } = file;
  const source: Source = { id: documentSource(entry, path), kind: "document", path, line: 1, environments: [] };
  const inputs = JSON.stringify([
    entry,
    parser ?? "",
    by.digest,
    [file, ...companions].map(({ id, path: at }) => [at, id]),
  ]);
  const wrong = (problem: Omit<Problem, "path">): UnitReading => ({
    ...nothing,
    state: "failed",
    problems: [{ line: 1, ...problem, path }],
  });
  const render = async (): Promise<UnitReading> => {
    if (parser === undefined) return wrong({ stage: "config", message: noParser });
    const message = unreadable(file);
    if (message !== undefined) return wrong({ stage: "read", message });
    const contents = new Map<string, Uint8Array>();
    for (const one of [file, ...companions]) contents.set(one.path, await tree.read(one.path));
    const outcome = await by.parse({ path, parser, files: contents });
    switch (outcome.kind) {
      case "parsed": {
        const { value, places } = outcome;
        return reading(
          { path, entry, parser },
          value,
          documentPlaces(parser, contents.get(path) ?? empty, value, places),
        );
      }
      case "failed": {
        const { kind: _, message: why, ...at } = outcome;
        return wrong({ stage: "parse", message: `the parser ${parser} cannot read it: ${why.trim()}`, ...at });
      }
      case "late":
      case "memory":
      case "trap":
        return wrong({ stage: "read", message: outcome.message });
      default:
        return outcome satisfies never;
    }
  };
  return { source, key: inputs, inputs, covers: [], render };
}

const empty = new Uint8Array();

const noParser =
  "no parser reads a file of this name: expected `parser:` beside `files:`, or an extension that tells it (.tf, .toml, Dockerfile)";

function unreadable({ kind, size }: TreeEntry): string | undefined {
  if (kind === "symlink") return "is a symbolic link: documents are read from regular files only";
  return tooLarge(size);
}

const nothing = {
  manifests: [],
  problems: [],
  gaps: [],
  yaml: "",
  prepare: async () => ({}),
  place: ({ position: { path, line } }: Manifest) => ({ path, place: { line, column: 1, endLine: line } }),
};

/** The items of a list are documents by themselves, as in conftest: those of a YAML file, for example. */
function reading(
  { path, entry, parser }: { readonly path: string; readonly entry: number; readonly parser: ParserName },
  value: Json,
  find: FindDocumentPlace,
): UnitReading {
  const values = isList(value) ? value : [value];
  const manifests = values.map((one, document): Manifest => ({
    identity: { group: "", kind: "Document", name: values.length === 1 ? path : `${path}#${document + 1}` },
    apiVersion: parser,
    // Nothing asks a document for members before it knows that it is a mapping.
    value: one as JsonObject,
    position: { path, document, line: find(document, "").place.line, pointer: "" },
    document: entry,
  }));
  return {
    ...nothing,
    state: "rendered",
    manifests,
    place: ({ position }, pointer) => ({ path, ...find(position.document, pointer) }),
  };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
