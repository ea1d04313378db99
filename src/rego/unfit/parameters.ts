import { DEFAULT_BUDGET } from "../../manifest/budget.ts";
import { isObject } from "../../manifest/identity.ts";
import { locatorOf } from "../../manifest/locate.ts";
import { pointerOf } from "../../manifest/pointer.ts";
import { readDocument } from "../../manifest/read-document.ts";
import { splitDocuments } from "../../manifest/split-documents.ts";
import type { Json, Pointer } from "../../model/json.ts";
import type { DataFile } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import { readData } from "../read-data.ts";
import type { Module } from "../reading/module.ts";
import { referencesIn } from "../reading/reach.ts";
import type { ParametersRead } from "../../model/judge.ts";
import { faultsOfParameters, type ParameterSchemas } from "./parameter-schemas.ts";

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
  if (read === "any") return [];
  return parametersIn(files).flatMap(({ policy, value, problemAt }): readonly Problem[] => {
    const keys = read.get(policy);
    if (!policies.has(policy) || keys === "any" || !isObject(value)) return [];
    return Object.keys(value)
      .filter((key) => keys?.has(key) !== true)
      .map((key) => {
        const expected = keys === undefined ? "none" : [...keys].join(", ");
        return problemAt(pointerOf([key]), `policy ${policy} reads no parameter "${key}"; expected ${expected}`);
      });
  });
}

/** Problems of parameters in data files whose value is not as the METADATA of the policy says. */
export function wrongParameters(files: readonly DataFile[], schemas: ParameterSchemas): readonly Problem[] {
  return parametersIn(files).flatMap(({ policy, value, problemAt }) =>
    schemas.has(policy)
      ? faultsOfParameters(schemas, policy, value).map(({ pointer, message }) =>
          problemAt(pointer, `policy ${policy}: ${message}`),
        )
      : [],
  );
}

interface ParametersInData {
  readonly policy: string;
  readonly value: Json;
  /** `pointer`: below the parameters of the policy. */
  readonly problemAt: (pointer: Pointer, message: string) => Problem;
}

/** The parameters of each policy that data files hold, wherever below `data.parameters` a file begins. */
function parametersIn(files: readonly DataFile[]): readonly ParametersInData[] {
  return files.flatMap((file) => {
    const [above, id] = file.prefix;
    if ((above !== undefined && above !== "parameters") || file.prefix.length > 2) return [];
    const reading = readData(file);
    if (reading.kind === "problem" || !isObject(reading.value)) return [];
    const parameters = above === undefined ? reading.value["parameters"] : reading.value;
    const byPolicy = id === undefined || parameters === undefined ? parameters : { [id]: parameters };
    if (!isObject(byPolicy)) return [];
    return Object.entries(byPolicy).map(([policy, value]) => ({
      policy,
      value,
      problemAt: (pointer: Pointer, message: string): Problem => {
        const whole = pointerOf(["parameters", policy].slice(file.prefix.length)) + pointer;
        const line = lineAt(file, whole);
        return { stage: "config", path: file.path, ...(line === undefined ? {} : { line }), message };
      },
    }));
  });
}

function lineAt(file: DataFile, pointer: string): number | undefined {
  for (const document of splitDocuments(file.text)) {
    if (document.kind === "separator" || readDocument(file.path, document, DEFAULT_BUDGET).kind !== "value") continue;
    return locatorOf(document)?.locateDeepest(pointer).place.line;
  }
  return undefined;
}
