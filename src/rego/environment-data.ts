import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyFile, PolicySources } from "../model/policy.ts";
import { writeJson } from "./value/json-text.ts";
import { isObject } from "../manifest/identity.ts";

/** What policies see as `data`, which may differ by environment. Can be sent to a worker thread. */
export interface EnvironmentData {
  readonly common: JsonObject;
  readonly parameters: NonNullable<PolicySources["parameters"]>;
  /** True if policies may read `data.portcullis.environment`; then no two environments have equal data. */
  readonly named: boolean;
}

/** The same data in every environment. */
export function sameEverywhere(common: JsonObject): EnvironmentData {
  return { common, parameters: {}, named: false };
}

/** Whether any policy may read the name of the environment: the word occurs in one outside comments. */
export function mayReadEnvironment(files: readonly PolicyFile[]): boolean {
  return files.some(({ text }) => /environment/.test(text.replaceAll(/^\s*#.*$/gm, "")));
}

/** A key that is equal for environments with equal data; empty for the data without an environment. */
export function environmentKey(data: EnvironmentData, environment: string | undefined): string {
  const parameters = parametersOf(data, environment);
  if (data.named) return JSON.stringify([environment ?? null]);
  return parameters === undefined ? "" : writeJson(parameters);
}

/** The JSON text of `data` in an environment. */
export function environmentData(data: EnvironmentData, environment: string | undefined): string {
  const { common, named } = data;
  const parameters = parametersOf(data, environment);
  const result: { [key: string]: Json } = { ...common };
  if (named) result["portcullis"] = { ...objectOf(common["portcullis"]), environment: environment ?? null };
  if (parameters !== undefined) {
    const base = objectOf(common["parameters"]);
    const own = Object.entries(parameters).map(([policy, value]) => [policy, over(base[policy], value)] as const);
    result["parameters"] = { ...base, ...Object.fromEntries(own) };
  }
  return writeJson(result);
}

function parametersOf({ parameters }: EnvironmentData, environment: string | undefined): JsonObject | undefined {
  return environment !== undefined && Object.hasOwn(parameters, environment) ? parameters[environment] : undefined;
}

/** Overlays the data of an environment: keys that it does not contain keep their value. */
function over(base: Json | undefined, value: Json): Json {
  return isObject(base) && isObject(value) ? { ...base, ...value } : value;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
