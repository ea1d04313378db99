import { readFileSync } from "node:fs";
import { join } from "node:path";

const source = "pkg/generated/openapi/zz_generated.openapi.go";
const start = /^func schema_k8sio_api_(\w+?)\(ref /;
const property = /^\t{5}"(\w+)": \{$/;
const values = /^\t+Enum: +\[\]interface\{\}\{([^{}]*)\}/;

/**
 * Adds the values that Kubernetes allows for a field to its definitions. The published documents leave them out; the
 * generated Go source that they are made of has them, one function a type, one block a field.
 */
export function addEnums(directory, definitions) {
  let definition;
  let name;
  let count = 0;
  for (const line of readFileSync(join(directory, source), "utf8").split("\n")) {
    const begun = start.exec(line);
    if (line.startsWith("func ")) definition = begun && definitions[`io.k8s.api.${begun[1].replaceAll("_", ".")}`];
    name = property.exec(line)?.[1] ?? name;
    const found = values.exec(line);
    if (!found || !definition) continue;
    const field = definition.properties[name];
    const target = field.items ?? field.additionalProperties ?? field;
    if (target?.type !== "string") throw new Error(`${directory}: an enum in ${name}, which is no string`);
    target.enum = [...new Set(JSON.parse(`[${found[1]}]`))];
    count += 1;
  }
  if (count < 30) throw new Error(`${directory}: only ${count} enums; expected the generated source to look as it did`);
}
