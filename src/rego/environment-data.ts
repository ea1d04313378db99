import { inventoryOf, severalOf } from "../manifest/object-facts.ts";
import type { KnownFacts } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyFile, PolicySources } from "../model/policy.ts";
import { inventoryPath } from "./reading/inventory-reads.ts";
import { writeJson } from "./value/json-text.ts";
import { isObject } from "../manifest/identity.ts";

/** What policies see as `data`, which may differ by environment. Can be sent to a worker thread. */
export interface EnvironmentData {
  readonly common: JsonObject;
  readonly parameters: NonNullable<PolicySources["parameters"]>;
  readonly kubernetes?: PolicySources["kubernetes"];
  /** True if policies may read `data.portcullis.environment`; then no two environments have equal data. */
  readonly named: boolean;
  /** Where other objects are looked up. */
  readonly inventoryAt?: readonly string[];
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
  if (data.named) return JSON.stringify([environment ?? null]);
  const parameters = parametersOf(data, environment);
  const kubernetes = versionIn(data, environment);
  const key = parameters === undefined ? "" : writeJson(parameters);
  return kubernetes === data.kubernetes?.common ? key : `${kubernetes} ${key}`;
}

/** The JSON text of `data` in an environment, with other objects where `facts` tells them. */
export function environmentData(data: EnvironmentData, environment: string | undefined, facts?: KnownFacts): string {
  const { common, named } = data;
  const parameters = parametersOf(data, environment);
  const result: { [key: string]: Json } = { ...common };
  const kubernetes = versionIn(data, environment);
  if (named || kubernetes !== undefined) {
    result["portcullis"] = {
      ...objectOf(common["portcullis"]),
      ...(named ? { environment: environment ?? null } : {}),
      ...(kubernetes === undefined ? {} : { kubernetes }),
    };
  }
  if (parameters !== undefined) {
    const base = objectOf(common["parameters"]);
    const own = Object.entries(parameters).map(([policy, value]) => [policy, over(base[policy], value)] as const);
    result["parameters"] = { ...base, ...Object.fromEntries(own) };
  }
  if (facts === undefined) return writeJson(result);
  const at = data.inventoryAt ?? [];
  return writeJson(
    placed(result, at, {
      ...inventoryOf(facts),
      ...(at.join() === inventoryPath.join() ? { several: severalOf(facts) } : {}),
    }),
  );
}

/** The data with a value at a path. */
function placed(data: JsonObject, [key, ...rest]: readonly string[], value: JsonObject): JsonObject {
  return key === undefined ? value : { ...data, [key]: placed(objectOf(data[key]), rest, value) };
}

function parametersOf({ parameters }: EnvironmentData, environment: string | undefined): JsonObject | undefined {
  return environment !== undefined && Object.hasOwn(parameters, environment) ? parameters[environment] : undefined;
}

/** The version of Kubernetes in an environment; undefined where the configuration names none. */
function versionIn({ kubernetes }: EnvironmentData, environment: string | undefined): string | undefined {
  const own = kubernetes?.environments ?? {};
  return environment !== undefined && Object.hasOwn(own, environment) ? own[environment] : kubernetes?.common;
}

/** Overlays the data of an environment: keys that it does not contain keep their value. */
function over(base: Json | undefined, value: Json): Json {
  return isObject(base) && isObject(value) ? { ...base, ...value } : value;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
