import type { Json } from "../../model/json.ts";
import type { PolicySources } from "../../model/policy.ts";
import { isObject } from "../../manifest/identity.ts";
import { compileSources, type PolicyCompiler } from "../compile-sources.ts";
import { mergeData } from "../merge-data.ts";

/** The JSON Schemas that METADATA of a package gives its parameters, by name. */
export async function describedParameters(
  sources: PolicySources,
  packageName: string,
  compiler: PolicyCompiler,
): Promise<ReadonlyMap<string, Json>> {
  const { answer } = await compileSources(sources, compiler);
  const described = new Map<string, Json>();
  for (const rule of answer?.rules ?? []) {
    if (rule.package !== packageName) continue;
    for (const { value } of rule.annotations) {
      const custom = value["custom"];
      const parameters = isObject(custom) ? custom["parameters"] : undefined;
      if (!isObject(parameters)) continue;
      for (const [name, schema] of Object.entries(parameters)) if (!described.has(name)) described.set(name, schema);
    }
  }
  return described;
}

/** The values that a policy's parameters have, by name: everywhere (the empty environment), and in environments. */
export function parameterValues(
  sources: PolicySources,
  policy: string,
): ReadonlyMap<string, readonly (readonly [environment: string, value: Json])[]> {
  const values = new Map<string, (readonly [string, Json])[]>();
  const add = (environment: string, parameters: Json | undefined): void => {
    if (!isObject(parameters)) return;
    const own = parameters[policy];
    if (!isObject(own)) return;
    for (const [name, value] of Object.entries(own))
      values.set(name, [...(values.get(name) ?? []), [environment, value]]);
  };
  add("", mergeData(sources.data).data["parameters"]);
  for (const [environment, parameters] of Object.entries(sources.parameters ?? {})) add(environment, parameters);
  return values;
}
