import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyFile, PolicySources } from "../model/policy.ts";
import { writeJson } from "./value/json-text.ts";
import { isObject } from "../manifest/identity.ts";

/** What policies see as `data`, which may be another in every environment. Can be sent to a worker thread. */
export interface EnvironmentData {
  readonly common: JsonObject;
  readonly parameters: NonNullable<PolicySources["parameters"]>;
  /** Policies may read `data.portcullis.environment`, so that no two environments have equal data. */
  readonly named: boolean;
}

/** The same data in every environment. */
export function sameEverywhere(common: JsonObject): EnvironmentData {
  return { common, parameters: {}, named: false };
}

/** Whether policies may read the name of the environment: any of them has the word outside its comments. */
export function mayReadEnvironment(files: readonly PolicyFile[]): boolean {
  return files.some(({ text }) => /environment/.test(text.replaceAll(/^\s*#.*$/gm, "")));
}

/** Equal keys, equal data; the empty text for the data that all environments have in common. */
export function environmentKey(data: EnvironmentData, environment: string | undefined): string {
  const parameters = parametersOf(data, environment);
  if (data.named) return JSON.stringify([environment ?? null]);
  return parameters === undefined ? "" : writeJson(parameters);
}

/** JSON text of `data` in an environment. */
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

/** Keys that the environment does not name keep the value of the data. */
function over(base: Json | undefined, value: Json): Json {
  return isObject(base) && isObject(value) ? { ...base, ...value } : value;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
