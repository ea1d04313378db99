import { randomInt } from "node:crypto";
import { isObject } from "../../manifest/identity.ts";
import { keysOf } from "../../manifest/pointer.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { scrambledBase64, scrambledText } from "./scrambled-text.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** The pointers to what a Secret of the core group holds; none for any other object. */
export function secretPointers(value: JsonObject): readonly string[] {
  if (value["kind"] !== "Secret" || value["apiVersion"] !== "v1") return [];
  return ["/data", "/stringData", `/metadata/annotations/${LAST_APPLIED.replaceAll("/", "~1")}`];
}

/** The manifest with every text at and below some pointers scrambled. */
export function withScrambled(value: JsonObject, pointers: readonly string[]): JsonObject {
  let result: Json = value;
  for (const pointer of pointers) {
    const isEncoded = value["kind"] === "Secret" && /^\/data(?:\/|$)/.test(pointer);
    result = replacedAt(result, keysOf(pointer), (text) =>
      (isEncoded ? scrambledBase64 : scrambledText)(text, randomInt),
    );
  }
  return isObject(result) ? result : value;
}

function replacedAt(value: Json, [key, ...rest]: readonly string[], replace: (text: string) => string): Json {
  if (key === undefined) return replacedBelow(value, replace);
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, at) => (String(at) === key ? replacedAt(item, rest, replace) : item));
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: replacedAt(value[key] ?? null, rest, replace) };
}

function replacedBelow(value: Json, replace: (text: string) => string): Json {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => replacedBelow(item, replace));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replacedBelow(item, replace)]));
}
