import { isList, member } from "../../../manifest/member.ts";
import { isScalar, keysOf, type Path } from "../../../manifest/pointer.ts";
import { sameJson } from "../../../manifest/same-json.ts";
import type { Json, Pointer } from "../../../model/json.ts";

/** A step into a value: a key, or an item of a list, which other texts may have at another place in theirs. */
export type Step = string | { readonly item: Json; readonly index: number; readonly list: readonly Json[] };

/** The steps to the deepest value that exists on the way to a pointer, and that value. */
export function stepsTo(value: Json, pointer: Pointer): { readonly steps: readonly Step[]; readonly value: Json } {
  const steps: Step[] = [];
  let at = value;
  for (const key of keysOf(pointer)) {
    const index = isList(at) && /^(?:0|[1-9]\d*)$/.test(key) ? Number(key) : undefined;
    const next = member(at, index ?? key);
    if (next === undefined) break;
    steps.push(isList(at) && index !== undefined ? { item: next, index, list: at } : key);
    at = next;
  }
  return { steps, value: at };
}

/** The keys of a step's keys, with the numbers of list items: as a pointer would have them. */
export function keyOf(step: Step): string | number {
  return typeof step === "string" ? step : step.index;
}

/** The way through another value along the same steps, list items found by what names them; undefined where it ends early. */
export function follow(value: Json, steps: readonly Step[]): { readonly path: Path; readonly value: Json } | undefined {
  const path: (string | number)[] = [];
  let at = value;
  for (const step of steps) {
    const key = typeof step === "string" ? step : itemIn(at, step);
    const next = key === undefined ? undefined : member(at, key);
    if (key === undefined || next === undefined) return undefined;
    path.push(key);
    at = next;
  }
  return { path, value: at };
}

/** As `follow`, as far as it goes. */
export function followDeepest(value: Json, steps: readonly Step[]): { readonly path: Path; readonly taken: number } {
  for (let taken = steps.length; taken > 0; taken--) {
    const found = follow(value, steps.slice(0, taken));
    if (found !== undefined) return { path: found.path, taken };
  }
  return { path: [], taken: 0 };
}

const namingKeys = [
  "name",
  "containerPort",
  "port",
  "mountPath",
  "devicePath",
  "topologyKey",
  "key",
  "ip",
  "host",
  "path",
];

/** The index of the item that is the same one: of the same name, else the same value, else at the same place of a list as long. */
export function itemIn(list: Json, { item, index, list: own }: Exclude<Step, string>): number | undefined {
  if (!isList(list)) return undefined;
  if (isScalar(item)) {
    if (list[index] === item) return index;
    return one(list, (other) => other === item);
  }
  for (const key of namingKeys) {
    const name = member(item, key);
    if (!isScalar(name)) continue;
    const named = (other: Json): boolean => member(other, key) === name;
    if (list.some(named)) return one(list, named) ?? one(list, (other) => sameJson(other, item));
    return list.length === own.length && isWithin(member(list[index], key), name) ? index : undefined;
  }
  return one(list, (other) => sameJson(other, item)) ?? (list.length === own.length ? index : undefined);
}

/** Items that refer to something are renamed with it. */
function isWithin(own: Json | undefined, name: Json): boolean {
  return typeof own === "string" && own !== "" && typeof name === "string" && name.includes(own);
}

function one(list: readonly Json[], matches: (item: Json) => boolean): number | undefined {
  const found = list.flatMap((item, at) => (matches(item) ? [at] : []));
  return found.length === 1 ? found[0] : undefined;
}
