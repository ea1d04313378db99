import { createRequire } from "node:module";
import type * as ajv from "ajv";
import type { ErrorObject } from "ajv";
import { isObject } from "../../manifest/identity.ts";
import { below, keysOf } from "../../manifest/pointer.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { ParameterFault } from "../../model/judge.ts";
import type { Problem } from "../../model/problem.ts";
import type { RuleFacts } from "../policies.ts";

/** The JSON Schemas that METADATA gives parameters at `custom.parameters`: by policy id, then by parameter. */
export type ParameterSchemas = ReadonlyMap<string, ReadonlyMap<string, JsonObject>>;

/** The schemas of a policy set. One that is no JSON Schema is a problem at its METADATA, and checks nothing. */
export function readParameterSchemas(rules: readonly RuleFacts[]): {
  readonly schemas: ParameterSchemas;
  readonly problems: readonly Problem[];
} {
  const schemas = new Map<string, Map<string, JsonObject>>();
  const problems = new Map<string, Problem>();
  for (const { policy, annotations } of rules) {
    for (const { value, path, line } of annotations) {
      const custom = value["custom"];
      const parameters = isObject(custom) ? custom["parameters"] : undefined;
      for (const [name, schema] of Object.entries(isObject(parameters) ? parameters : {})) {
        if (!isObject(schema)) continue;
        const unusable = faultOfSchema(schema);
        if (unusable === undefined) schemas.set(policy, (schemas.get(policy) ?? new Map()).set(name, schema));
        else {
          const message = `METADATA custom.parameters.${name} is not a JSON Schema: ${unusable}`;
          problems.set(`${path} ${line} ${name}`, { stage: "compile", path, line, message });
        }
      }
    }
  }
  return { schemas, problems: [...problems.values()] };
}

/** What of the parameters of a policy, an object of values by name, is not as the schemas say. */
export function faultsOfParameters(
  schemas: ParameterSchemas,
  policy: string,
  parameters: Json,
): readonly ParameterFault[] {
  if (!isObject(parameters)) return [{ pointer: "", message: "expected an object with the parameters by name" }];
  return [...(schemas.get(policy) ?? [])].flatMap(([name, schema]) => {
    const value = parameters[name];
    if (value === undefined) return [];
    const validate = compiler().compile(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => ({
      pointer: below("", name) + error.instancePath,
      message: `parameter "${[name, ...keysOf(error.instancePath)].join(".")}": ${expectation(error)}`,
    }));
  });
}

/** Why Ajv cannot use a schema; undefined where it can. */
function faultOfSchema(schema: JsonObject): string | undefined {
  try {
    compiler().compile(schema);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

// Made on demand, since loading Ajv takes as long as the start of Node.js, and for each schema, since schemas may share an $id.
function compiler(): ajv.Ajv {
  const { Ajv } = createRequire(import.meta.url)("ajv") as typeof ajv;
  return new Ajv({ allErrors: true, strict: false, validateFormats: false, logger: false });
}

function expectation({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "type": {
      const types = [params["type"] as string | readonly string[]].flat();
      return `expected ${types.map((type) => article(type)).join(" or ")}`;
    }
    case "enum":
      return `expected one of ${(params["allowedValues"] as readonly Json[]).map((one) => JSON.stringify(one)).join(", ")}`;
    case "required":
      return `expected a key "${String(params["missingProperty"])}"`;
    case "additionalProperties":
      return `expected no key "${String(params["additionalProperty"])}"`;
    default:
      return message ?? keyword;
  }
}

function article(type: string): string {
  const named: { readonly [type: string]: string } = { array: "a list", integer: "a whole number", string: "text" };
  return named[type] ?? (type === "object" ? "an object" : type === "null" ? "nothing" : `a ${type}`);
}
