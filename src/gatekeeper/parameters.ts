import { pointerOf } from "../manifest/pointer.ts";
import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { asStored } from "../schema/as-stored.ts";
import { readSchema } from "../schema/read-schema.ts";
import { fieldOf, type Context } from "../schema/schema-violation.ts";
import type { Schema } from "../schema/schema.ts";
import { unknownFields } from "../schema/unknown-fields.ts";
import { wrongValues } from "../schema/wrong-values.ts";
import { fieldsOfMatch } from "./match-schema.ts";
import type { Template } from "./read-template.ts";

/** What is wrong in a constraint, and where. */
export interface ConstraintFault {
  readonly pointer: string;
  readonly message: string;
}

const context: Context = {
  resolve: (schema) => schema,
  metadata: {},
  opaque: () => false,
  ownKind: false,
  fragment: false,
  showsValues: true,
};

/** The `spec` of a constraint with defaults, and what the template's schema does not allow in it. */
export function validatedSpec(
  template: Template,
  spec: Json | undefined,
): { readonly spec: JsonObject; readonly faults: readonly ConstraintFault[] } {
  const schema = specSchema(template);
  const given = spec ?? {};
  const faults = [
    ...unknownFields(given, schema, context),
    ...wrongValues(given, schema, context, { ignoresStatus: false }),
  ];
  const stored = asStored(given, schema, context);
  return {
    spec: isObject(stored) ? stored : {},
    faults: faults.map(({ rule, path, text, rests }) => {
      const field = fieldOf(["spec", ...path]);
      const missing = rule === "required" ? `: ${JSON.stringify(rests)} is required` : `: ${text}`;
      return { pointer: pointerOf(["spec", ...path]), message: `${field}${missing}` };
    }),
  };
}

const specs = new WeakMap<Template, Schema>();

/** The schema of `spec`, as Gatekeeper puts it together for the CRD that it makes of a template. */
function specSchema(template: Template): Schema {
  const known = specs.get(template);
  if (known !== undefined) return known;
  const own = readSchema(template.schema);
  const parameters = own === undefined ? undefined : template.keepsUnknown ? keepingUnknown(own) : own;
  const made: Schema = {
    type: "object",
    properties: {
      match: fieldsOfMatch,
      enforcementAction: { type: "string", default: "deny" },
      scopedEnforcementActions: {
        type: "array",
        items: {
          type: "object",
          properties: {
            action: { type: "string" },
            enforcementPoints: { type: "array", items: { type: "object", properties: { name: { type: "string" } } } },
          },
        },
      },
      ...(parameters === undefined ? {} : { parameters }),
    },
  };
  specs.set(template, made);
  return made;
}

/** With `legacySchema`, every object of the schema may have other fields, and every list other items. */
function keepingUnknown(schema: Schema): Schema {
  const { type, properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(type === undefined || type === "object" ? { "x-kubernetes-preserve-unknown-fields": true } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, keepingUnknown(one)])) }),
    ...(items === undefined ? {} : { items: keepingUnknown(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: keepingUnknown(additionalProperties) } : {}),
  };
}
