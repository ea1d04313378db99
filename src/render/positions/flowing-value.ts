import { isList } from "../../manifest/member.ts";
import { keysOf, pointerOf, valueAt } from "../../manifest/pointer.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { Json, JsonObject, Pointer } from "../../model/json.ts";
import { printsAs } from "./prints-as.ts";

/** One place of a rendered document. */
export interface RenderedPlace {
  readonly document: Json;
  readonly keys: readonly string[];
  readonly value: Json;
}

/**
 * The keys of the one value, of those that flowed into a line, that was rendered at this place: alone, or as
 * part of a block that was printed as a whole. Undefined where none or several were.
 */
export function flowingValue(
  values: JsonObject,
  flows: readonly Pointer[],
  rendered: RenderedPlace,
): readonly string[] | undefined {
  const found = flows.flatMap((flow) => partsAtPlace(values, keysOf(flow), rendered));
  const apart = new Map(found.map((keys) => [pointerOf(keys), keys]));
  return apart.size === 1 ? [...apart.values()][0] : undefined;
}

function partsAtPlace(values: JsonObject, flow: readonly string[], rendered: RenderedPlace): readonly string[][] {
  const held = valueAt(values, flow);
  if (held === undefined) return [];
  const { keys, value } = rendered;
  const candidates = keys.map((_, taken) => [...flow, ...keys.slice(keys.length - taken)]);
  if (isList(held)) candidates.push(...itemsAtPlace(held, flow, rendered));
  return candidates.filter((candidate) => {
    const part = valueAt(values, candidate);
    return part !== undefined && part !== null && printsAs(part, value);
  });
}

/** Items of a list may be part of a longer one: they are identified by their content. */
function itemsAtPlace(
  held: readonly Json[],
  flow: readonly string[],
  { document, keys }: RenderedPlace,
): readonly string[][] {
  return keys.flatMap((_, taken) => {
    const item = valueAt(document, keys.slice(0, taken + 1));
    if (item === undefined || !isList(valueAt(document, keys.slice(0, taken)))) return [];
    const same = [...held.keys()].filter((at) => sameJson(held[at] ?? null, item));
    return same.length === 1 ? [[...flow, String(same[0]), ...keys.slice(taken + 1)]] : [];
  });
}

/**
 * The keys of the values that together make up a text, with only punctuation between them, such as a repository
 * and a tag; empty where the template adds something of its own.
 */
export function partsOfText(
  values: JsonObject,
  flows: readonly Pointer[],
  value: Json,
): readonly (readonly string[])[] {
  if (typeof value !== "string") return [];
  const parts = flows
    .map(keysOf)
    .map((keys) => ({ keys, text: scalarText(valueAt(values, keys)) }))
    .filter(({ text }) => text !== "" && value.includes(text))
    .toSorted((one, other) => other.text.length - one.text.length);
  const rest = parts.reduce((left, { text }) => left.replace(text, ""), value);
  return parts.length > 1 && !/[\p{L}\p{N}]/u.test(rest) ? parts.map(({ keys }) => keys) : [];
}

function scalarText(value: Json | undefined): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
