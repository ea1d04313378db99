import type { DocumentParser, ParserName } from "../../model/document-parser.ts";
import { parserNames } from "../../model/document-parser.ts";
import type { Json } from "../../model/json.ts";
import { parserOfPath } from "../../model/parser-of-path.ts";
import type { ConfigFunction } from "./config-calls.ts";

/** What a call asks for: the arguments of one of conftest's functions, in a module. */
export interface ConfigWant {
  readonly name: ConfigFunction;
  /** The path of the module. */
  readonly module: string;
  readonly values: readonly string[];
}

/** What a call gives. */
export type ConfigValue = { readonly value: Json } | { readonly error: string };

/** How configuration files are read. */
export interface ConfigAccess {
  readonly parser: DocumentParser;
  /** The bytes of a file by the path that a module names it by; undefined where the policy tree has none. */
  readonly read: (module: string, written: string) => Promise<Uint8Array | undefined>;
}

/** Answers a call as conftest does. */
export async function configValue({ name, module, values }: ConfigWant, access: ConfigAccess): Promise<ConfigValue> {
  switch (name) {
    case "parse_config": {
      const [parser = "", text = ""] = values;
      const known = parserNames.find((one) => one === parser);
      if (known === undefined) return { error: `there is no parser ${parser}; expected ${parserNames.join(", ")}` };
      return parsed(access.parser, known, known, new TextEncoder().encode(text));
    }
    case "parse_config_file":
      return fileValue(module, values[0] ?? "", access);
    case "parse_combined_config_files": {
      const parts: { readonly path: string; readonly contents: Json }[] = [];
      for (const written of values) {
        const one = await fileValue(module, written, access);
        if ("error" in one) return one;
        const path = joined(module, written);
        parts.push(...(isList(one.value) ? one.value : [one.value]).map((contents) => ({ path, contents })));
      }
      return { value: parts.toSorted((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path))) };
    }
    default:
      return name satisfies never;
  }
}

async function fileValue(module: string, written: string, { parser, read }: ConfigAccess): Promise<ConfigValue> {
  const known = parserOfPath(written);
  if (known === undefined) return { error: `${written}: no parser reads a file of this name` };
  const bytes = await read(module, written);
  if (bytes === undefined)
    return { error: `${written}: no such file of at most 4 MiB beside ${module}, in the tree of the policies` };
  return parsed(parser, known, written, bytes);
}

async function parsed(by: DocumentParser, parser: ParserName, path: string, bytes: Uint8Array): Promise<ConfigValue> {
  const outcome = await by.parse({ path, parser, files: new Map([[path, bytes]]) });
  if (outcome.kind === "parsed") return { value: outcome.value };
  return { error: `${path}: the parser ${parser} cannot read it: ${outcome.message.trim()}` };
}

/** A path as a module writes it, relative to the directory of the module. */
function joined(module: string, written: string): string {
  const parts: string[] = [];
  for (const part of [...module.split("/").slice(0, -1), ...written.split("/")]) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
