import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { CelDefinition } from "../cel/cel-module.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { listAt, textAt } from "./values.ts";

/** The engine of a template's code in CEL, as `code` names it. */
export const nativeEngine = "K8sNativeValidation";

/** The code in CEL of a template. */
export interface NativeCode {
  /** A ValidatingAdmissionPolicy that decides alike, with the constraint as its parameters. */
  readonly definition: CelDefinition;
  /** The same without Gatekeeper's own look at the old object: tells whether the template itself reads the change. */
  readonly written: CelDefinition;
  /** Its expressions, with their pointers in the template. */
  readonly texts: readonly { readonly pointer: string; readonly text: string }[];
  /** Fields that Gatekeeper reads nothing of. */
  readonly ignored: readonly { readonly pointer: string; readonly message: string }[];
  /** The pointer in the template of a field of the policy, such as `spec.variables[2].expression`. */
  readonly pointerOf: (field: string) => string;
}

/** The variables that Gatekeeper puts before those of a template. */
const own = (anyObject: string): readonly JsonObject[] => [
  { name: "anyObject", expression: anyObject },
  { name: "params", expression: "has(params.spec) && has(params.spec.parameters) ? params.spec.parameters : null" },
];
const ownNames = ["anyObject", "params"];
const reservedPrefix = "gatekeeper_internal_";

/** The lists of the source, as Gatekeeper's JSON names them, and what the API server calls them. */
const lists = [
  { key: "variables", field: "variables", skipped: ownNames.length },
  { key: "matchCondition", field: "matchConditions", skipped: 0 },
  { key: "validations", field: "validations", skipped: 0 },
] as const;
const fields = new Set<string>([...lists.map(({ key }) => key), "failurePolicy", "generateVAP"]);

/** Reads the source of code in CEL, as Gatekeeper's driver does: `schema.Source` of `pkg/drivers/k8scel`. */
export function readNativeCode(
  template: JsonObject,
  source: JsonObject | undefined,
  pointer: string,
  fault: (pointer: string, message: string) => void,
): NativeCode {
  const named = (key: string, names: readonly string[]): void => {
    for (const [n, one] of listAt(source, key).entries()) {
      const name = textAt(one, "name") ?? "";
      if (names.includes(name) || name.startsWith(reservedPrefix))
        fault(`${pointer}/${key}/${n}/name`, `the name ${name} is Gatekeeper's own; expected another one`);
    }
  };
  named("variables", ownNames);
  named("matchCondition", []);
  for (const { key } of lists) {
    const value = source?.[key];
    if (value !== undefined && value !== null && !(isList(value) && value.every(isObject)))
      fault(`${pointer}/${key}`, `${key} is no list of objects`);
  }
  if (listAt(source, "validations").length === 0)
    fault(pointer, `the ${nativeEngine} code has no validations, so that it denies nothing; expected at least one`);
  const failurePolicy = source?.["failurePolicy"] ?? "Fail";
  if (failurePolicy !== "Fail" && failurePolicy !== "Ignore")
    fault(`${pointer}/failurePolicy`, `failurePolicy is ${JSON.stringify(failurePolicy)}; expected Fail or Ignore`);
  const kind = textAt(template, "spec", "crd", "spec", "names", "kind") ?? "";
  const definition = (anyObject: string): CelDefinition => {
    const policy = policyOf(kind, source, failurePolicy, anyObject);
    return { digest: sha256(canonicalJson(policy)), value: policy };
  };
  return {
    // Only of a deletion there is no object.
    definition: definition("object == null ? oldObject : object"),
    written: definition("object"),
    texts: lists.flatMap(({ key }) =>
      listAt(source, key).flatMap((one, n) =>
        ["expression", "messageExpression"].flatMap((of) => {
          const text = textAt(one, of);
          return text === undefined ? [] : [{ pointer: `${pointer}/${key}/${n}/${of}`, text }];
        }),
      ),
    ),
    ignored: Object.keys(source ?? {})
      .filter((key) => !fields.has(key))
      .map((key) => ({ pointer: `${pointer}/${key}`, message: ignoring(key) })),
    pointerOf: (field) => {
      const [, list, at = "0", inner = ""] = /^spec\.(\w+)\[(\d+)\](?:\.(\w+))?/.exec(field) ?? [];
      const known = lists.find((one) => one.field === list);
      if (known === undefined) return pointer;
      return `${pointer}/${known.key}/${Number(at) - known.skipped}${inner === "" ? "" : `/${inner}`}`;
    },
  };
}

function ignoring(key: string): string {
  const instead = key === "matchConditions" ? "; it reads matchCondition" : "";
  return `Gatekeeper reads no ${key} of code in CEL, and neither does this${instead}`;
}

function policyOf(kind: string, source: JsonObject | undefined, failurePolicy: Json, anyObject: string): JsonObject {
  return {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingAdmissionPolicy",
    metadata: { name: kind.toLowerCase() },
    spec: {
      failurePolicy,
      paramKind: { apiVersion: "constraints.gatekeeper.sh/v1beta1", kind },
      variables: [...own(anyObject), ...listAt(source, "variables")],
      matchConditions: listAt(source, "matchCondition"),
      validations: listAt(source, "validations").map(validationOf),
    },
  };
}

/** Of a validation, what Gatekeeper reads. */
function validationOf(validation: Json): Json {
  const read = ["expression", "message", "messageExpression"] as const;
  if (!isObject(validation)) return validation;
  return Object.fromEntries(
    read.flatMap((key) => (validation[key] === undefined ? [] : [[key, validation[key]] as const])),
  );
}
