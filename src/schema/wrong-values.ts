import { nearName } from "../manifest/near-name.ts";
import { canonicalJson } from "../manifest/canonical-json.ts";
import { isObject } from "../manifest/identity.ts";
import { isList } from "../manifest/member.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { counted, describe, type Context, type SchemaViolation } from "./schema-violation.ts";
import { repeatedItems } from "./repeated-items.ts";
import { wrongNumber, wrongText } from "./scalars.ts";
import type { Schema } from "./schema.ts";
import { mismatch } from "./types.ts";

/** The most values visited before validation stops: nested alternatives could take hours. */
const maxVisits = 500_000;

/** Whether `status` is ignored: the API server drops it, so nothing can be missing there. */
export interface Scope {
  readonly ignoresStatus: boolean;
}

/** Finds values that the schema does not allow, and required fields that are missing. */
export function wrongValues(
  value: Json,
  schema: Schema,
  context: Context,
  { ignoresStatus }: Scope,
): readonly SchemaViolation[] {
  let visits = 0;
  let violations: SchemaViolation[] = [];
  const path: (string | number)[] = [];

  const report = (rule: SchemaViolation["rule"], text: string, rests: Json, more?: Partial<SchemaViolation>): void => {
    violations.push({ rule, level: "deny", path: [...path], text, rests, ...more });
  };
  const wrong = (expected: string, item: Json, rule: SchemaViolation["rule"] = "value"): void =>
    report(rule, `expected ${expected}, found ${describe(item, context.showsValues)}`, item);

  const below = (key: string | number, item: Json | undefined, found: Schema | undefined): void => {
    if (item === undefined || found === undefined) return;
    path.push(key);
    visit(item, found);
    path.pop();
  };

  const visit = (item: Json, reference: Schema): void => {
    visits += 1;
    if (visits > maxVisits) return;
    const found = context.resolve(reference);
    if (item === null && context.ownKind) return;
    if (item === null && found.nullable === true && found.enum === undefined) return;
    if (typeof item === "string" && context.opaque(item)) return;
    const expected = item === null && found.nullable === true ? undefined : mismatch(item, found);
    if (expected !== undefined) return wrong(expected, item, "type");
    if (found.enum !== undefined && !isAllowed(item, found.enum, context)) return notAllowed(item, found.enum);
    if (typeof item === "string") scalar(item, wrongText(item, found, context.ownKind));
    else if (typeof item === "number" || typeof item === "bigint")
      scalar(item, wrongNumber(item, found, context.ownKind));
    else if (isList(item)) list(item, found);
    else if (isObject(item)) object(item, found);
    junctions(item, found);
  };

  const scalar = (item: Json, expected: string | undefined): void => {
    if (expected !== undefined) wrong(expected, item);
  };

  const notAllowed = (item: Json, choices: readonly Json[]): void => {
    const names = choices.map((choice) =>
      typeof choice === "string" && choice !== "" ? choice : canonicalJson(choice),
    );
    const near = typeof item === "string" ? nearName(item, names) : undefined;
    const hint = near === undefined ? "" : `; did you mean ${near}?`;
    const expected = names.length === 1 ? names[0] : `one of ${names.join(", ")}`;
    report("value", `expected ${expected}, found ${describe(item, context.showsValues)}${hint}`, item);
  };

  const sized = (count: number, least = 0, most = Infinity, noun: string, item: Json): void => {
    if (count < least) report("value", `expected at least ${counted(least, noun)}, found ${count}`, item);
    if (count > most) report("value", `expected at most ${counted(most, noun)}, found ${count}`, item);
  };

  const list = (items: readonly Json[], found: Schema): void => {
    sized(items.length, found.minItems, found.maxItems, "item", items);
    for (const { index, text, level, rests } of repeatedItems(items, found, path.at(-1), context)) {
      report("duplicate", text, rests, { level, path: [...path, index] });
    }
    items.forEach((item, index) => below(index, item, found.items));
  };

  const object = (item: JsonObject, found: Schema): void => {
    sized(Object.keys(item).length, found.minProperties, found.maxProperties, "field", item);
    if (!context.fragment && !(ignoresStatus && path[0] === "status")) required(item, found);
    const { properties = {}, additionalProperties } = found;
    for (const key of Object.keys(item)) {
      if (Object.hasOwn(properties, key)) below(key, item[key], properties[key]);
      else if (typeof additionalProperties === "object") below(key, item[key], additionalProperties);
    }
    if (found["x-kubernetes-embedded-resource"] === true) below("metadata", item["metadata"], context.metadata);
  };

  const required = (item: JsonObject, found: Schema): void => {
    const embedded = found["x-kubernetes-embedded-resource"] === true ? ["apiVersion", "kind"] : [];
    for (const name of [...(found.required ?? []), ...embedded]) {
      const given = Object.hasOwn(item, name) ? item[name] : undefined;
      if (given === undefined || (given === null && context.ownKind)) report("required", "", [name]);
    }
  };

  /** The violations of a branch, without reporting them. */
  const violationsIn = (item: Json, branch: Schema): readonly SchemaViolation[] => {
    const outer = violations;
    violations = [];
    visit(item, branch);
    const branches = violations;
    violations = outer;
    return branches;
  };

  const junctions = (item: Json, { allOf = [], anyOf, oneOf, not }: Schema): void => {
    for (const branch of allOf) visit(item, branch);
    if (anyOf !== undefined) {
      const branches = anyOf.map((branch) => violationsIn(item, branch));
      if (branches.length > 0 && branches.every((one) => one.length > 0)) noneFits(branches, item);
    }
    if (oneOf !== undefined) {
      const branches = oneOf.map((branch) => violationsIn(item, branch));
      const fitting = branches.filter((one) => one.length === 0).length;
      if (fitting === 0 && branches.length > 0) noneFits(branches, item);
      else if (fitting > 1)
        report("value", `matches ${fitting} of ${branches.length} alternatives; expected exactly one`, item);
    }
    if (not !== undefined && violationsIn(item, not).length === 0)
      report("value", "matches a schema that it must not match", item);
  };

  // Alternatives that each require a field are reported together. If only one fits the value's type, its violations are reported.
  const noneFits = (branches: readonly (readonly SchemaViolation[])[], item: Json): void => {
    const missing = branches.flatMap((one) => (one.length === 1 && one[0]?.rule === "required" ? [one[0].rests] : []));
    const meant = branches.filter(
      (one) => !one.some(({ rule, path: at }) => rule === "type" && at.length === path.length),
    );
    const [closest] = meant.length === 1 ? meant : branches.length === 1 ? branches : [];
    if (closest !== undefined) violations.push(...closest);
    else if (missing.length === branches.length) report("required", "", missing.flat());
    else report("value", `matches none of ${branches.length} alternatives`, item);
  };

  visit(value, schema);
  if (visits > maxVisits) report("value", "too large to be validated against its schema", null, { path: [] });
  return violations;
}

// In its own kinds, Kubernetes treats an empty text as absent.
function isAllowed(item: Json, choices: readonly Json[], { ownKind }: Context): boolean {
  if (item === "" && ownKind) return true;
  if (item === null || typeof item !== "object")
    return choices.some((choice) => choice === item || equalNumbers(choice, item));
  const text = canonicalJson(item);
  return choices.some((choice) => canonicalJson(choice) === text);
}

function equalNumbers(a: Json, b: Json): boolean {
  return (typeof a === "bigint" || typeof b === "bigint") && typeof a !== "string" && typeof b !== "string" && a == b;
}
