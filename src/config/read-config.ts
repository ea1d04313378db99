import { CORE_SCHEMA, load, YAMLException } from "js-yaml";
import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { locatorOf, type Locator } from "../manifest/locate.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments, type DocumentText } from "../manifest/split-documents.ts";
import type { Config } from "../model/config.ts";
import type { Json, Pointer } from "../model/json.ts";
import type { Place } from "../model/manifest.ts";
import type { Problem } from "../model/problem.ts";
import { defaultConfig, unreadConfig } from "./default-config.ts";
import { fillConfig, type WrittenConfig } from "./fill-config.ts";
import { validateConfig } from "./validate-config.ts";

/** The place of a value of a configuration, and the file with it: another one than its own where it extends one. */
export interface ConfigPlace extends Place {
  readonly path: string;
}

/** The text of a configuration: its path, and the places of its values. */
export interface ConfigSource {
  readonly path: string;
  place(pointer: Pointer): ConfigPlace | undefined;
}

/** One file with a configuration, as it is written: without defaults, and without what it extends. */
export interface WrittenReading {
  /** Valid against the schema; empty where there is a problem. */
  readonly value: WrittenConfig;
  readonly source: ConfigSource;
  readonly problems: readonly Problem[];
}

/** The reading of a configuration. With `problems`, `config` is only partly read and must not let anything pass. */
export interface ConfigReading {
  readonly config: Config;
  readonly source: ConfigSource;
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of portcullis.yaml; what it does not say is that of `defaults`, and what it extends is not read. Never
 * throws, whatever the text is.
 */
export function readConfig(path: string, text: string, defaults: Config = defaultConfig): ConfigReading {
  return withDefaults(readWrittenConfig(path, text), defaults);
}

/** The configuration of one file with every default filled in. */
export function withDefaults({ value, source, problems }: WrittenReading, defaults: Config): ConfigReading {
  const config = fillConfig(value, defaults);
  return {
    config: problems.length === 0 ? config : { ...config, remotes: unreadConfig.remotes },
    source,
    problems,
  };
}

/** Reads the text of a configuration. Never throws, whatever the text is. */
export function readWrittenConfig(path: string, text: string): WrittenReading {
  const { document, problems } = onlyDocument(path, text);
  let locator: Locator | undefined;
  const source: ConfigSource = {
    path,
    place: (pointer) => {
      if (document === undefined) return undefined;
      locator ??= locatorOf(document);
      const place = locator?.locateDeepest(pointer).place;
      return place === undefined ? undefined : { ...place, path };
    },
  };
  if (problems.length > 0 || document === undefined) return { value: {}, source, problems };
  const parsed = parse(path, document);
  if (parsed.kind === "problem") return { value: {}, source, problems: [parsed.problem] };
  const { config: value, errors } = validateConfig(parsed.value);
  return {
    value,
    source,
    problems: errors.map(({ pointer, message }) => {
      const place = source.place(pointer);
      return { stage: "config", path, line: place?.line ?? 1, column: place?.column ?? 1, message };
    }),
  };
}

function onlyDocument(
  path: string,
  text: string,
): { readonly document?: DocumentText; readonly problems: readonly Problem[] } {
  let document: DocumentText | undefined;
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator")
      return { problems: [{ stage: "config", path, line: part.line, message: part.message }] };
    // Read by the manifest reader too, so that its problems have the same messages and places.
    const reading = readDocument(path, part, DEFAULT_BUDGET);
    if (reading.kind === "empty") continue;
    if (reading.kind === "problem") return { problems: [{ ...reading.problem, stage: "config" }] };
    if (document !== undefined) {
      const message = "a second YAML document; expected one";
      return { document, problems: [{ stage: "config", path, line: reading.line, message }] };
    }
    document = part;
  }
  return document === undefined ? { problems: [] } : { document, problems: [] };
}

type Parsed =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "problem"; readonly problem: Problem };

/** Reads YAML 1.2, in which `on` and `off` are strings; Kubernetes would read them as booleans. */
function parse(path: string, document: DocumentText): Parsed {
  try {
    return { kind: "value", value: load(document.text, { schema: CORE_SCHEMA }) as Json };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = document.line + (error.mark?.line ?? 0);
    return { kind: "problem", problem: { stage: "config", path, line, message: error.reason } };
  }
}
