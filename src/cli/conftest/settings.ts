import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parserNames, type DocumentParser, type ParserName } from "../../model/document-parser.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { UsageError } from "../usage-error.ts";

/** What `conftest test` would be told by its flags, CONFTEST_* and its configuration file, in this order of precedence. */
export interface ConftestSettings {
  readonly policy: readonly string[];
  readonly data: readonly string[];
  readonly namespace: readonly string[];
  readonly allNamespaces: boolean;
  readonly combine: boolean;
  readonly failOnWarn: boolean;
  readonly noFail: boolean;
  /** A regular expression of paths; empty: none. */
  readonly ignore: string;
  readonly parser: ParserName | undefined;
  readonly stdinFilename: string;
  readonly protoFileDirs: readonly string[];
  readonly regoVersion: "v0" | "v1";
  readonly strict: boolean;
  /** What is set and has no counterpart here, by conftest's own names. */
  readonly others: readonly string[];
  /** Where settings were read, as a person knows it: the file, CONFTEST_*. */
  readonly from: readonly string[];
}

/** Where settings are looked for. */
export interface SettingsPlaces {
  readonly directory: string;
  /** The configuration file that was named; absent: conftest.toml, .yaml, .yml or .json in the directory. */
  readonly file?: string;
  readonly environment: { readonly [name: string]: string | undefined };
  readonly parser: DocumentParser;
}

/** Values by conftest's names of them, such as `fail-on-warn`. */
export type SettingValues = { readonly [name: string]: Json | undefined };

/** Settings that change what is found, and that only conftest has. */
const deciding = ["capabilities", "show-builtin-errors", "update"] as const;

/** Settings that change what is printed, and that only conftest has. */
const printing = [
  "github-hide-passed",
  "junit-hide-message",
  "no-color",
  "output",
  "quiet",
  "suppress-exceptions",
  "tls",
  "trace",
] as const;

const formats = ["toml", "yaml", "yml", "json"] as const;

/**
 * Reads conftest's settings. `flags` are those of the command line, absent where they are not given; `namespaces` are the
 * packages of a command that is told none.
 */
export async function conftestSettings(
  flags: SettingValues,
  places: SettingsPlaces,
  namespaces: readonly string[] = ["main"],
): Promise<ConftestSettings> {
  const { file, values: ofFile } = await readFile(places);
  const ofEnvironment = environmentValues(places.environment);
  const values: SettingValues = { ...ofFile, ...ofEnvironment, ...defined(flags) };
  const text = (name: string): string => textOf(name, values[name]) ?? "";
  const list = (name: string, fallback: readonly string[]): readonly string[] => listOf(name, values[name]) ?? fallback;
  const isOn = (name: string): boolean => isTrue(name, values[name]);
  const regoVersion = text("rego-version").toLowerCase() || "v1";
  if (regoVersion !== "v0" && regoVersion !== "v1")
    throw new UsageError(`rego-version ${regoVersion}: expected v0 or v1`);
  const isSet = (name: string): boolean => !isNothing(values[name]);
  return {
    policy: list("policy", ["policy"]),
    data: list("data", []),
    namespace: list("namespace", namespaces),
    allNamespaces: isOn("all-namespaces"),
    combine: isOn("combine"),
    failOnWarn: isOn("fail-on-warn"),
    noFail: isOn("no-fail"),
    ignore: text("ignore"),
    parser: parserOf(text("parser")),
    stdinFilename: text("stdin-filename"),
    protoFileDirs: list("proto-file-dirs", []),
    regoVersion,
    strict: isOn("strict"),
    others: [...deciding, ...printing].filter(isSet),
    from: [...(file === undefined ? [] : [file]), ...Object.keys(ofEnvironment).map((name) => environmentName(name))],
  };
}

/** Refuses settings that change what is found and that only conftest has. */
export function refuseDeciding({ others }: Pick<ConftestSettings, "others">): void {
  const [first] = others.filter(decides);
  if (first !== undefined)
    throw new UsageError(`${first}: only conftest has this setting; expected none that changes what is found`);
}

/** Whether a setting changes what is found, not only what is printed. */
function decides(setting: string): boolean {
  return deciding.some((name) => name === setting);
}

/** Conftest's configuration file in a directory; undefined where there is none. */
function conftestFile(directory: string): string | undefined {
  return formats.map((format) => `conftest.${format}`).find((name) => existsSync(join(directory, name)));
}

async function readFile({ directory, file = conftestFile(directory), parser }: SettingsPlaces): Promise<{
  readonly file?: string;
  readonly values: SettingValues;
}> {
  if (file === undefined) return { values: {} };
  const format = extname(file).slice(1);
  if (!formats.some((known) => known === format))
    throw new UsageError(`${file}: expected a file of conftest's settings in TOML, YAML or JSON`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(directory, file));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  const name = format === "yml" ? "yaml" : (format as ParserName);
  const outcome = await parser.parse({ path: file, parser: name, files: new Map([[file, bytes]]) });
  if (outcome.kind !== "parsed") throw new UsageError(`${file}: ${outcome.message.trim()}`);
  if (!isObject(outcome.value)) throw new UsageError(`${file}: expected keys and values`);
  const entries = Object.entries(outcome.value).map(([key, value]) => [key.toLowerCase(), value] as const);
  return { file, values: Object.fromEntries(entries) };
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const names = [
  "all-namespaces",
  "combine",
  "data",
  "fail-on-warn",
  "ignore",
  "namespace",
  "no-fail",
  "parser",
  "policy",
  "proto-file-dirs",
  "rego-version",
  "stdin-filename",
  "strict",
  ...deciding,
  ...printing,
] as const;

function environmentName(name: string): string {
  return `CONFTEST_${name.toUpperCase().replaceAll("-", "_")}`;
}

/** An empty variable counts as none. */
function environmentValues(environment: SettingsPlaces["environment"]): { readonly [name: string]: string } {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[environmentName(name)];
      return value === undefined || value === "" ? [] : [[name, value] as const];
    }),
  );
}

function defined(values: SettingValues): SettingValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function isNothing(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === undefined || value === null || value === "" || value === false || value === "false";
}

function textOf(name: string, value: Json | undefined): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new UsageError(`${name}: expected a text`);
}

function listOf(name: string, value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => {
    if (typeof item !== "string") throw new UsageError(`${name}: expected a list of texts`);
    return item.split(",");
  });
}

function isTrue(name: string, value: Json | undefined): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0" || value === "") return false;
  throw new UsageError(`${name}: expected true or false`);
}

function parserOf(name: string): ParserName | undefined {
  if (name === "") return undefined;
  const known = parserNames.find((one) => one === name);
  if (known === undefined) throw new UsageError(`parser ${name}: expected ${parserNames.join(", ")}`);
  return known;
}
