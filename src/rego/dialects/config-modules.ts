import type { Json } from "../../model/json.ts";
import { withImports } from "./add-import.ts";
import { configCalls, type ConfigFunction } from "./config-calls.ts";
import type { ConfigValue, ConfigWant } from "./config-values.ts";

/** A call and what it gives. */
export interface AnsweredWant {
  readonly want: ConfigWant;
  readonly value: ConfigValue;
}

/** The start of a line that a test prints for a call whose value is not known yet. */
export const wantMark = "\u0002portcullis-config ";

interface Source {
  readonly path: string;
  readonly text: string;
}

/**
 * The modules with conftest's functions: each that calls one imports it from a module of its own, which knows the values of
 * `known`. With `asks`, a call of which nothing is known prints what it wants, after `wantMark`. The functions are undefined
 * where the value is not known or the file cannot be read.
 */
export function withConfigFunctions<Module extends Source>(
  modules: readonly Module[],
  known: readonly AnsweredWant[],
  { asks }: { readonly asks: boolean },
): readonly (Module | (Source & { readonly regoVersion: "v1" }))[] {
  const callers = modules.flatMap((module) => {
    const calls = configCalls(module.text);
    // Without asking, a function that any call gives other values cannot be had.
    const open = new Set(asks ? [] : calls.filter(({ values }) => values === undefined).map(({ name }) => name));
    const names = [...new Set(calls.map(({ name }) => name))].filter((name) => !open.has(name));
    return names.length === 0 ? [] : [{ module, names }];
  });
  if (callers.length === 0) return modules;
  const numbers = new Map(callers.map(({ module }, index) => [module.path, index]));
  const own = callers.map(({ names }, index) => functionsOf(index, names, asks));
  const imports = new Map(
    callers.map(({ module, names }, index) => [module.path, names.map((name) => `data.${root}.m${index}.${name}`)]),
  );
  return [
    ...modules.map((module) => ({ ...module, text: withImports(module.text, imports.get(module.path) ?? []) })),
    ...[valuesOf(known, numbers), ...own].map((text, index) => ({
      path: `@portcullis/configs/${index}.rego`,
      text,
      regoVersion: "v1" as const,
    })),
  ];
}

const root = "portcullis_configs";

function valuesOf(known: readonly AnsweredWant[], numbers: ReadonlyMap<string, number>): string {
  const table: { [key: string]: Json } = {};
  for (const { want, value } of known) table[keyOf(numbers.get(want.module) ?? -1, want)] = { ...value };
  // As a text, so that the compiler does not conclude from these values what others there can be.
  return `package ${root}\n\nvalues := json.unmarshal(${JSON.stringify(JSON.stringify(table))})\n`;
}

/** A text is the same in every module. */
function keyOf(number: number, { name, values }: ConfigWant): string {
  return JSON.stringify([name === "parse_config" ? -1 : number, name, values]);
}

const parameters: { readonly [name in ConfigFunction]: { readonly list: string; readonly values: string } } = {
  parse_config: { list: "a, b", values: "[a, b]" },
  parse_config_file: { list: "a", values: "[a]" },
  parse_combined_config_files: { list: "a", values: "a" },
};

function functionsOf(number: number, names: readonly ConfigFunction[], asks: boolean): string {
  const functions = names.map((name) => {
    const { list, values } = parameters[name];
    const key = `json.marshal([${name === "parse_config" ? -1 : number}, "${name}", ${values}])`;
    const own = `${name}(${list}) := data.${root}.values[${key}].value\n`;
    if (!asks) return own;
    return `${own}
${name}(${list}) := null if {
	key := ${key}
	not data.${root}.values[key]
	print(concat("", ["${wantMark.replace("\u0002", "\\u0002")}", json.marshal([${number}, key])]))
	1 == 2
}

${name}(${list}) := null if {
	reason := data.${root}.values[${key}].error
	print(concat("", ["${name}: ", reason]))
	1 == 2
}
`;
  });
  return `package ${root}.m${number}\n\n${functions.join("\n")}`;
}

/** The call that a printed line asks for; `paths` are those of the modules in the order in which they call. */
export function readWant(line: string, paths: readonly string[]): ConfigWant | undefined {
  if (!line.startsWith(wantMark)) return undefined;
  const [number, key] = JSON.parse(line.slice(wantMark.length)) as readonly [number, string];
  const [, name, values] = JSON.parse(key) as readonly [number, ConfigFunction, readonly string[]];
  const module = paths[number];
  return module === undefined ? undefined : { name, module, values };
}

/** The paths of the modules that call one of the functions, in their order. */
export function configCallers(modules: readonly Source[]): readonly string[] {
  return modules.filter(({ text }) => configCalls(text).length > 0).map(({ path }) => path);
}
