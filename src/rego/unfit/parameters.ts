import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { isObject } from "../../manifest/identity.ts";
import { locatorOf } from "../../manifest/locate.ts";
import { pointerOf } from "../../manifest/pointer.ts";
import { readDocument } from "../../manifest/read-document.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import type { DataFile } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { readData } from "../read-data.ts";
import type { Module } from "../reading/module.ts";
import { referencesIn } from "../reading/reach.ts";
import type { ParametersRead } from "../../model/judge.ts";

/** The parameters that policies read: `data.parameters["category/name"].key`. */
export function parametersRead(modules: readonly Module[]): ParametersRead {
  const read = new Map<string, Set<string> | "any">();
  for (const module of modules) {
    for (const reference of module.statements.flatMap((statement) => referencesIn(module, statement))) {
      const [root, id, key] = reference.steps;
      if (reference.root !== "data" || (root !== "parameters" && root !== undefined)) continue;
      if (typeof id !== "string") return "any";
      const known = read.get(id);
      if (typeof key !== "string") read.set(id, "any");
      else if (known !== "any") read.set(id, new Set([...(known ?? []), key]));
    }
  }
  return read;
}

/** Problems of parameters in data files that the policy of that id does not read. */
export function unreadParameters(
  files: readonly DataFile[],
  read: ParametersRead,
  policies: ReadonlySet<string>,
): readonly Problem[] {
  return files.flatMap((file) => {
    const [above, id] = file.prefix;
    if (read === "any" || (above !== undefined && above !== "parameters") || file.prefix.length > 2) return [];
    const reading = readData(file);
    if (reading.kind === "problem" || !isObject(reading.value)) return [];
    const parameters = above === undefined ? reading.value["parameters"] : reading.value;
    if (parameters === undefined) return [];
    const byPolicy = id === undefined ? parameters : { [id]: parameters };
    if (!isObject(byPolicy)) return [];
    return Object.entries(byPolicy).flatMap(([policy, value]): readonly Problem[] => {
      const keys = read.get(policy);
      if (!policies.has(policy) || keys === "any" || !isObject(value)) return [];
      return Object.keys(value)
        .filter((key) => keys?.has(key) !== true)
        .map((key) => {
          const full = ["parameters", policy, key];
          const line = lineAt(file, pointerOf(full.slice(file.prefix.length)));
          const message = `policy ${policy} reads no parameter "${key}"; expected ${keys === undefined ? "none" : [...keys].join(", ")}`;
          return { stage: "config", path: file.path, ...(line === undefined ? {} : { line }), message };
        });
    });
  });
}

function lineAt(file: DataFile, pointer: string): number | undefined {
  for (const document of splitDocuments(file.text)) {
    if (document.kind === "separator" || readDocument(file.path, document, DEFAULT_BUDGET).kind !== "value") continue;
    return locatorOf(document)?.locateDeepest(pointer).place.line;
  }
  return undefined;
}
