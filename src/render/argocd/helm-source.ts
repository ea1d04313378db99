import type { JsonObject } from "../../model/json.ts";
import type { ChartReference, HelmStep, ValuesLayer } from "../plan.ts";
import type { Fields } from "./fields.ts";
import { readValues } from "./read-values.ts";
import type { SourceRequest } from "./source-request.ts";
import { findValueFile, findValueFiles } from "./value-files.ts";

/** Plans a chart with the options of the source; undefined where a problem was reported to `diagnostics`. */
export async function planHelm(request: SourceRequest): Promise<HelmStep | undefined> {
  const { source, application } = request;
  const chart = chartOf(request);
  const helm = source.object("helm");
  const base = { kind: "helm", chart, releaseName: application.name, isPrinted: true } as const;
  if (helm === undefined)
    return { ...base, namespace: application.namespace || "default", values: [], includeCrds: true };
  const files = await findValueFiles(helm, request);
  const inline = inlineValues(helm, request);
  const set = await setsOf(helm, request);
  if (files === undefined || inline === undefined || set === undefined) return undefined;
  const kubeVersion = helm.text("kubeVersion");
  const apiVersions = helm.texts("apiVersions");
  return {
    ...base,
    releaseName: helm.text("releaseName") || application.name,
    namespace: helm.text("namespace") || application.namespace || "default",
    values: [...files, ...inline],
    ...(set.length > 0 ? { set } : {}),
    ...(kubeVersion === "" ? {} : { kubeVersion }),
    ...(apiVersions.length > 0 ? { apiVersions } : {}),
    includeCrds: !helm.flag("skipCrds"),
    ...(helm.flag("skipSchemaValidation") ? { skipSchemaValidation: true } : {}),
  };
}

function chartOf({ source, directory, place }: SourceRequest): ChartReference {
  if (directory !== undefined) return { kind: "path", path: directory };
  const version = source.text("targetRevision");
  return {
    kind: "registry",
    repository: source.text("repoURL"),
    name: source.text("chart"),
    ...(version === "" ? {} : { version }),
    rules: "argocd",
    at: place(`${source.pointer}/targetRevision`),
  };
}

/** `valuesObject`, which takes precedence over `values`. */
function inlineValues(helm: Fields, { diagnostics, place }: SourceRequest): readonly ValuesLayer[] | undefined {
  const layer = (key: string, value: JsonObject): ValuesLayer => ({
    kind: "inline",
    value,
    ...place(`${helm.pointer}/${key}`),
  });
  const object = helm.object("valuesObject");
  if (object !== undefined) return [layer("valuesObject", object.value)];
  const text = helm.text("values");
  if (text === "") return [];
  const reading = readValues("values", text);
  switch (reading.kind) {
    case "object":
      return [layer("values", reading.value)];
    case "empty":
      return [];
    case "unreadable":
      diagnostics.problem(`${helm.pointer}/values`, `values cannot be read: line ${reading.line}: ${reading.message}`);
      return undefined;
  }
}

async function setsOf(helm: Fields, request: SourceRequest): Promise<HelmStep["set"]> {
  const values = new Map<string, NonNullable<HelmStep["set"]>[number]>();
  const lineOf = (pointer: string): { readonly path: string; readonly line: number } => {
    const { path, line } = request.place(pointer);
    return { path, line };
  };
  for (const parameter of helm.objects("parameters")) {
    const name = parameter.text("name");
    // Image Updater writes `forcestring`; Go's JSON decoder ignores case.
    const as = parameter.flag("forceString") || parameter.flag("forcestring") ? "string" : "value";
    values.set(`${as} ${name}`, {
      at: lineOf(parameter.pointer),
      as,
      name,
      value: escapeCommas(request.environment.expand(parameter.text("value"))),
    });
  }
  for (const parameter of helm.objects("fileParameters")) {
    const name = parameter.text("name");
    const path = await findValueFile(parameter.text("path"), `${parameter.pointer}/path`, request);
    const bytes = path === undefined ? undefined : await request.context.tree.read(path);
    if (path === undefined) return undefined;
    if (bytes === undefined) {
      request.diagnostics.problem(`${parameter.pointer}/path`, `file ${path} is not in this tree`);
      return undefined;
    }
    values.set(`file ${name}`, {
      at: lineOf(parameter.pointer),
      as: "file",
      name,
      value: new TextDecoder().decode(bytes),
    });
  }
  const order = ["value", "string", "file"];
  return [...values.values()].toSorted((one, other) => order.indexOf(one.as) - order.indexOf(other.as));
}

/** Escapes commas, so that they do not start another parameter; a list in braces keeps them. */
function escapeCommas(value: string): string {
  if (value.startsWith("{") && value.endsWith("}")) return value;
  return value.replaceAll(/(?<!\\),/g, "\\,");
}
