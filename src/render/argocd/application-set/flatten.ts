import type { Json, JsonObject } from "../../../model/json.ts";
import { goText } from "./go-text.ts";

/** Flattens nested values to text parameters: `a.b`, list items by number. Empty objects and lists are dropped. */
export function flatten(value: JsonObject): { readonly [name: string]: string } {
  const flat: [string, string][] = [];
  const walk = (name: string, item: Json): void => {
    if (typeof item === "object" && item !== null) {
      for (const [key, inner] of Object.entries(item)) walk(name === "" ? key : `${name}.${key}`, inner as Json);
    } else flat.push([name, goText(item)]);
  };
  walk("", value);
  return Object.fromEntries(flat);
}
