import { statSync } from "node:fs";
import { resolve } from "node:path";

/** The paths of data without files that conftest passes over: those that are named and neither YAML nor JSON. */
export function dataPaths(data: readonly string[], cwd: string): readonly string[] {
  return data.filter(
    (path) =>
      /\.(?:ya?ml|json)$/.test(path) || statSync(resolve(cwd, path), { throwIfNoEntry: false })?.isFile() !== true,
  );
}
