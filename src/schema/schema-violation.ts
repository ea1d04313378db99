import type { Json } from "../model/json.ts";
import type { Path } from "../manifest/pointer.ts";
import type { Schema } from "./schema.ts";

/** One way in which a value violates its schema. */
export interface SchemaViolation {
  readonly rule: "unknown-field" | "type" | "required" | "value" | "duplicate";
  readonly level: "deny" | "warn";
  /** To the value; for `required` to the object that lacks it. */
  readonly path: Path;
  /** What is wrong there, without saying where; empty for `required`. */
  readonly text: string;
  /** The fields that are missing, of which one would do; or the value that is wrong. */
  readonly rests: Json;
}

/** What validation needs besides the value and its schema. */
export interface Context {
  /** The schema itself, or what its `$ref` leads to. */
  resolve(schema: Schema): Schema;
  /** The schema of `metadata`, wherever there is a whole object. */
  readonly metadata: Schema;
  /** Whether a text is a placeholder for a value that is not known yet: it is accepted wherever it is. */
  opaque(text: string): boolean;
  /** Read as Kubernetes reads its own kinds: null is as good as absent, integers have a width. Not so in custom resources. */
  readonly ownKind: boolean;
  /** A part of an object: nothing is missing in it, and it may have directives of patches. */
  readonly fragment: boolean;
  /** Values may be shown; false where they are secret. */
  readonly showsValues: boolean;
}

/** Describes a value for a message: `string "3"`, `a list`. Long texts are cut; without `shown` the value is left out. */
export function describe(value: Json, shown: boolean): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  const type = typeof value === "bigint" ? "number" : typeof value;
  if (!shown) return `a ${type}`;
  return `${type} ${typeof value === "string" ? JSON.stringify(cut(value)) : String(value)}`;
}

function cut(text: string): string {
  const points = Array.from(text);
  return points.length <= 40 ? text : `${points.slice(0, 39).join("")}…`;
}

/** `1 item`, `2 items`. */
export function counted(count: number | undefined, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Formats a path: `spec.template.spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
export function fieldOf(path: Path): string {
  let field = "";
  for (const key of path) {
    if (typeof key === "number") field += `[${key}]`;
    else if (/^[A-Za-z_$][\w$-]*$/.test(key)) field += field === "" ? key : `.${key}`;
    else field += `[${JSON.stringify(key)}]`;
  }
  return field;
}
