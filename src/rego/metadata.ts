import { createRequire } from "node:module";
import type * as ajv from "ajv";
import type { ErrorObject, ValidateFunction } from "ajv";
import { isObject } from "../manifest/identity.ts";
import type { DeclaredFix } from "../model/fix.ts";
import type { Level } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Annotations } from "./toolchain/protocol.ts";
import { metadataSchema } from "./metadata-schema.ts";

/** A valid METADATA block. */
export interface Metadata {
  readonly title?: string;
  readonly description?: string;
  readonly related_resources?: readonly { readonly ref: string }[];
  readonly custom?: {
    readonly id?: string;
    readonly level?: Level;
    readonly severity?: string;
    readonly waivable?: boolean;
    readonly controls?: readonly string[];
    readonly fix?: DeclaredFix;
  };
}

/** A block with its scope: `rule` for rule and document scope, `package` for package and subpackages. */
export interface ScopedMetadata {
  readonly scope: "rule" | "package";
  readonly metadata: Metadata;
}

let compiled: ValidateFunction<Metadata> | undefined;

/** Validates a METADATA block; returns a problem at the line where the block starts if it is invalid. */
export function readMetadata(annotations: Annotations): ScopedMetadata | Problem {
  compiled ??= compileSchema();
  const value = withTrivyId(annotations.value);
  if (compiled(value)) {
    return { scope: /^(rule|document)$/.test(annotations.scope) ? "rule" : "package", metadata: value };
  }
  return {
    stage: "compile",
    path: annotations.path,
    line: annotations.line,
    message: `METADATA ${(compiled.errors ?? []).map(explain).join("; ")}`,
  };
}

/** A policy of Trivy, whose ids have another form (`KSV-0011`), has the id `trivy/ksv-0011` here. */
function withTrivyId(value: Annotations["value"]): unknown {
  const custom = isObject(value) ? value["custom"] : undefined;
  if (!isObject(value) || !isObject(custom)) return value;
  const { id } = custom;
  const isTrivys = ["long_id", "avd_id", "short_code"].some((key) => typeof custom[key] === "string");
  if (!isTrivys || typeof id !== "string" || !/^[A-Z]+-?\d+$/.test(id)) return value;
  return { ...value, custom: { ...custom, id: `trivy/${id.toLowerCase()}` } };
}

// Compiled on demand: loading ajv takes as long as the start of Node.js.
function compileSchema(): ValidateFunction<Metadata> {
  const { Ajv } = createRequire(import.meta.url)("ajv") as typeof ajv;
  return new Ajv({ allErrors: false, strict: true }).compile<Metadata>(metadataSchema);
}

function explain(error: ErrorObject): string {
  const key = error.instancePath.slice(1).replaceAll("/", ".");
  if (key === "custom.id") return `custom.id must be category/name in lower case, e.g. "workloads/image-tag"`;
  if (error.keyword === "enum")
    return `${key} must be one of ${(error.params["allowedValues"] as string[]).join(", ")}`;
  return `${key} ${error.message ?? "is not as expected"}`;
}
