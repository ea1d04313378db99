import { isObject } from "../../../manifest/identity.ts";
import type { Json, JsonObject } from "../../../model/json.ts";
import { readYaml } from "../read-values.ts";
import { maxParameterSets, tooMany, type Generator, type ParameterSet } from "./generation.ts";

/** `list`: its elements, then those of `elementsYaml`. */
export const listGenerator: Generator = async (options, generation) => {
  const { goTemplate, places, diagnostics } = generation;
  const sets: ParameterSet[] = [];
  for (const element of options.objects("elements")) {
    const parameters = goTemplate ? element.value : flatElement(element.value);
    if (parameters === undefined) {
      diagnostics.problem(
        element.pointer,
        "without goTemplate, the fields of an element must be strings, and values must map names to strings",
      );
      return undefined;
    }
    sets.push({ parameters, origin: { path: places.path, line: places.line(element.pointer), rank: 1 } });
  }
  const written = options.text("elementsYaml");
  if (written !== "") {
    const pointer = `${options.pointer}/elementsYaml`;
    const reading = readYaml(places.path, written);
    if (reading.kind === "unreadable") {
      diagnostics.problem(pointer, `elementsYaml cannot be read: line ${reading.line}: ${reading.message}`);
      return undefined;
    }
    const elements = reading.kind === "empty" ? [] : reading.value;
    if (!Array.isArray(elements) || !elements.every(isObject)) {
      diagnostics.problem(pointer, "elementsYaml must be a list of objects");
      return undefined;
    }
    const origin = { path: places.path, line: places.line(pointer), rank: 1 } as const;
    for (const parameters of elements) sets.push({ parameters, origin });
  }
  return sets.length > maxParameterSets ? tooMany(generation, options.pointer, sets.length) : sets;
};

function flatElement(element: JsonObject): JsonObject | undefined {
  const flat: [string, Json][] = [];
  for (const [key, value] of Object.entries(element)) {
    if (key === "values") {
      if (!isObject(value)) return undefined;
      for (const [name, item] of Object.entries(value)) {
        if (typeof item !== "string") return undefined;
        flat.push([`values.${name}`, item]);
      }
    } else if (typeof value === "string") flat.push([key, value]);
    else return undefined;
  }
  return Object.fromEntries(flat);
}
