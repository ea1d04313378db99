import { decodeText } from "../../../manifest/decode-text.ts";
import { DEFAULT_BUDGET } from "../../../manifest/budget.ts";
import { isObject } from "../../../manifest/identity.ts";
import { locate } from "../../../manifest/locate.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { TreeView } from "../../gitops.ts";
import { directoryOf } from "../../files/scope.ts";
import { compileGlob } from "../glob.ts";
import { readYaml } from "../read-values.ts";
import { flatten } from "./flatten.ts";
import { maxParameterSets, tooMany, type Generation, type Generator, type ParameterSet } from "./generation.ts";
import { pathParameters } from "./path-parameters.ts";
import { addValues } from "./templated-values.ts";

/** `git.files`: the objects of every file that a pattern matches and no `exclude` pattern does, sorted by path. */
export const generateFromFiles: Generator = async (options, generation) => {
  const { tree } = generation.context;
  const items = options
    .objects("files")
    .map((item) => ({ pattern: item.text("path"), excludes: item.flag("exclude") }));
  const excluded = new Set(items.filter(({ excludes }) => excludes).flatMap(({ pattern }) => filesFor(pattern, tree)));
  const files = new Set(items.filter(({ excludes }) => !excludes).flatMap(({ pattern }) => filesFor(pattern, tree)));
  const sets: ParameterSet[] = [];
  for (const path of [...files].filter((file) => !excluded.has(file)).toSorted()) {
    const objects = await objectsOf(path, options.pointer, generation);
    if (objects === undefined) return undefined;
    for (const { value, line } of objects) {
      if (sets.length >= maxParameterSets) return tooMany(generation, options.pointer, sets.length + 1);
      const filename = path.slice(path.lastIndexOf("/") + 1);
      const place = { directory: directoryOf(path), filename };
      const paths = pathParameters(place, generation.goTemplate, options.text("pathParamPrefix"));
      const own = generation.goTemplate ? value : flatten(value);
      const parameters = await addValues({ ...own, ...paths }, options, generation);
      if (parameters === undefined) return undefined;
      sets.push({ parameters, origin: { path, line, rank: 2 } });
    }
  }
  return sets;
};

/** A pattern is a file, a directory with everything below it, or a glob whose `*` crosses directories. */
function filesFor(pattern: string, tree: TreeView): readonly string[] {
  const clean = pattern.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
  if (tree.has(clean)) return [clean];
  const matches = compileGlob(clean, "pathspec");
  const fixed = clean.slice(0, Math.max(0, clean.search(/[*?[\\]|$/)));
  const below = fixed === clean ? clean : fixed.slice(0, Math.max(0, fixed.lastIndexOf("/")));
  return tree.filesBelow(below).filter((path) => path.startsWith(`${clean}/`) || matches?.(path) === true);
}

async function objectsOf(
  path: string,
  pointer: string,
  { diagnostics, context }: Generation,
): Promise<readonly { readonly value: JsonObject; readonly line: number }[] | undefined> {
  const bytes = (await context.tree.read(path)) ?? new Uint8Array();
  const reading = readYaml(path, bytes);
  if (reading.kind === "unreadable") {
    diagnostics.problem(pointer, `${path}, line ${reading.line}, cannot be read: ${reading.message}`);
    return undefined;
  }
  if (reading.kind === "empty") return [{ value: {}, line: 1 }];
  const { value } = reading;
  if (isObject(value)) return [{ value, line: 1 }];
  if (!Array.isArray(value) || !value.every(isObject)) {
    diagnostics.problem(pointer, `${path} must hold an object or a list of objects`);
    return undefined;
  }
  const decoded = decodeText(bytes, DEFAULT_BUDGET);
  const text = decoded.kind === "text" ? decoded.text : "";
  return value.map((item, index) => ({ value: item, line: locate(text, 0, `/${index}`)?.line ?? 1 }));
}
