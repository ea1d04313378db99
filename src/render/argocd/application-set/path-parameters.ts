import type { JsonObject } from "../../../model/json.ts";
import { sanitizeName } from "./sanitize-name.ts";

/** The path parameters of a git generator for a directory, or for the named file in it. `prefix` is `pathParamPrefix`. */
export function pathParameters(
  { directory, filename }: { readonly directory: string; readonly filename?: string },
  goTemplate: boolean,
  prefix: string,
): JsonObject {
  const path = directory === "" ? "." : directory;
  const basename = path.slice(path.lastIndexOf("/") + 1);
  const segments = path.split("/");
  const parts: { readonly [name: string]: string } = {
    basename,
    basenameNormalized: sanitizeName(basename),
    ...(filename === undefined ? {} : { filename, filenameNormalized: sanitizeName(filename) }),
  };
  if (goTemplate) {
    const nested = { path, ...parts, segments };
    return prefix === "" ? { path: nested } : { [prefix]: { path: nested } };
  }
  const name = prefix === "" ? "path" : `${prefix}.path`;
  return Object.fromEntries([
    [name, path],
    ...Object.entries(parts).map(([part, text]) => [`${name}.${part}`, text]),
    ...segments.map((segment, index) => [`${name}[${index}]`, segment]),
  ]);
}
