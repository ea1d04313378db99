const prefix = "#/components/schemas/";
const quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
const intOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const microTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
/** Published as objects, but read as anything; every other object without properties is empty. */
const open = new Set([
  "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
  "io.k8s.apimachinery.pkg.runtime.RawExtension",
]);
const jsonSchema = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
/** Published as anything; their Go code reads a schema or a boolean, and takes no notice of unknown fields below. */
const nested = {
  [`${jsonSchema}OrArray`]: { anyOf: [{ $ref: jsonSchema }] },
  [`${jsonSchema}OrBool`]: { anyOf: [{ type: "boolean" }, { $ref: jsonSchema }] },
};
const kept = ["type", "format", "enum", "required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"];
const dropped = [
  "description",
  "default",
  "x-kubernetes-patch-merge-key",
  "x-kubernetes-patch-strategy",
  "x-kubernetes-group-version-kind",
  "x-kubernetes-unions",
  "x-kubernetes-map-type",
];

/**
 * What validation needs of a published definition: no prose, no defaults but those of list keys, and the types that
 * Kubernetes reads by code of its own as formats (`quantity`, `int-or-string`, `micro-time`).
 */
export function reduceDefinition(name, definitions) {
  if (name === quantity) return { format: "quantity" };
  if (name === intOrString) return { format: "int-or-string" };
  if (name === microTime) return { type: "string", format: "micro-time" };
  if (open.has(name)) return {};
  if (Object.hasOwn(nested, name)) return nested[name];
  const reduced = reduce(definitions[name], name, definitions);
  return reduced.type === "object" ? { properties: {}, ...reduced } : reduced;
}

function reduce(schema, name, definitions) {
  const known = new Set([...kept, ...dropped, "$ref", "allOf", "properties", "items", "additionalProperties"]);
  for (const key of Object.keys(schema)) if (!known.has(key)) throw new Error(`${name}: unknown keyword ${key}`);
  const target = schema.$ref ?? schema.allOf?.[0].$ref;
  if (target !== undefined) {
    if (schema.allOf !== undefined && schema.allOf.length !== 1) throw new Error(`${name}: allOf with several members`);
    return { $ref: target.slice(prefix.length) };
  }
  const reduced = Object.fromEntries(kept.filter((key) => key in schema).map((key) => [key, schema[key]]));
  if (schema.properties) {
    const names = Object.keys(schema.properties).sort();
    reduced.properties = Object.fromEntries(names.map((key) => [key, reduce(schema.properties[key], `${name}.${key}`, definitions)]));
  }
  if (schema.items) reduced.items = reduce(schema.items, name, definitions);
  if (schema.additionalProperties) reduced.additionalProperties = reduce(schema.additionalProperties, name, definitions);
  const defaults = keyDefaults(schema, definitions);
  if (defaults) reduced.keyDefaults = defaults;
  return reduced;
}

/** Defaults of list keys: two ports are the same although one leaves out `protocol: TCP`. */
function keyDefaults(list, definitions) {
  const keys = list["x-kubernetes-list-map-keys"] ?? [];
  const target = list.items?.$ref ?? list.items?.allOf?.[0].$ref;
  const item = target === undefined ? list.items : definitions[target.slice(prefix.length)];
  const found = keys.flatMap((key) => {
    const value = item?.properties?.[key]?.default;
    return value === undefined || value === "" || value === 0 ? [] : [[key, value]];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
