import type { Json, JsonObject } from "../../../model/json.ts";
import { differences, valueAt } from "../differences.ts";
import { fixed, type Fixed, type ImmutableRule, type Update } from "./rule.ts";
import { isObject } from "../../../manifest/identity.ts";

/** A ConfigMap with `immutable: true` keeps its content and stays so. */
export const configMap: ImmutableRule = (update) =>
  isSealed(update.before) ? [...unsealed(update), ...content(update, ["data", "binaryData"])] : [];

/** As a ConfigMap; the type of a Secret never changes. */
export const secret: ImmutableRule = (update) => [
  ...fixed(update, ["type"]),
  ...(isSealed(update.before) ? [...unsealed(update), ...secretContent(update)] : []),
];

const unless = "give it another name, as Kustomize's generators do";

function isSealed(manifest: JsonObject): boolean {
  return manifest["immutable"] === true;
}

function unsealed({ after }: Update): readonly Fixed[] {
  return isSealed(after) ? [] : [{ field: "immutable", changed: [["immutable"]] }];
}

function content(update: Update, fields: readonly string[]): readonly Fixed[] {
  return fields.flatMap((field) => fixed(update, [field], { unless }));
}

/** Kubernetes merges `stringData` into `data`, so a text may move between them. */
function secretContent(update: Update): readonly Fixed[] {
  const places = differences(decoded(update.before), decoded(update.after));
  if (places.length === 0) return [];
  const at = (key: string | number | undefined): readonly (string | number)[] => {
    const field = valueAt(update.after, ["stringData", key ?? ""]) === undefined ? "data" : "stringData";
    return key === undefined ? [field] : [field, key];
  };
  return [{ field: "data", changed: places.map((place) => at(place[0])), unless }];
}

function decoded(manifest: JsonObject): JsonObject {
  const encoded = Object.entries(objectOf(manifest["data"])).map(([key, value]) => [key, text(value)]);
  return { ...Object.fromEntries(encoded), ...objectOf(manifest["stringData"]) };
}

function text(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Uint8Array.from(atob(value), (character) => character.charCodeAt(0)),
    );
  } catch {
    return { base64: value };
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
