import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";

/** A path with parameters in an ApplicationSet. */
export interface PathTemplate {
  readonly kind: "directory" | "file";
  readonly text: string;
}

/** The paths of this repository that an ApplicationSet writes: of sources, of their values files, and of git generators. */
export function pathTemplates(spec: JsonObject): readonly PathTemplate[] {
  const template = isObject(spec["template"]) ? spec["template"]["spec"] : undefined;
  const found = [...(isObject(template) ? sourcePaths(template) : []), ...generatorPaths(spec["generators"])];
  return [...new Map(found.map((one) => [`${one.kind} ${one.text}`, one])).values()];
}

function sourcePaths(spec: JsonObject): readonly PathTemplate[] {
  const sources = [spec["source"], ...(Array.isArray(spec["sources"]) ? spec["sources"] : [])].filter(isObject);
  return sources.flatMap((source): readonly PathTemplate[] => {
    const path = typeof source["path"] === "string" ? source["path"] : "";
    const files = isObject(source["helm"]) ? source["helm"]["valueFiles"] : undefined;
    const values = Array.isArray(files) ? files.filter((one) => typeof one === "string") : [];
    return [
      ...(path === "" ? [] : [{ kind: "directory" as const, text: path }]),
      ...values.flatMap((file) => valuesPath(path, file)),
    ];
  });
}

/** A values file from the root of the repository; none where it is at a URL. */
function valuesPath(directory: string, file: string): readonly PathTemplate[] {
  if (file.includes("://")) return [];
  const text = /^(?:\$\w+\/|\/)/.test(file) ? file.replace(/^(?:\$\w+)?\//, "") : joined(directory, file);
  return [{ kind: "file", text }];
}

function joined(directory: string, file: string): string {
  const parts = directory.split("/").filter((part) => part !== "");
  for (const part of file.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function generatorPaths(generators: Json | undefined): readonly PathTemplate[] {
  const entries = Array.isArray(generators) ? generators.filter(isObject) : [];
  return entries.flatMap(({ git, matrix, merge }): readonly PathTemplate[] => [
    ...(isObject(git) ? [...listed(git["directories"], "directory"), ...listed(git["files"], "file")] : []),
    ...[matrix, merge].flatMap((one) => (isObject(one) ? generatorPaths(one["generators"]) : [])),
  ]);
}

function listed(items: Json | undefined, kind: PathTemplate["kind"]): readonly PathTemplate[] {
  const entries = Array.isArray(items) ? items.filter(isObject) : [];
  return entries.flatMap(({ path, exclude }) =>
    typeof path === "string" && exclude !== true ? [{ kind, text: path }] : [],
  );
}
