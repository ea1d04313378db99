import { canonicalJson } from "../manifest/canonical-json.ts";
import { isList } from "../manifest/member.ts";
import { pointerOf, stablePointerOf, type Path } from "../manifest/pointer.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Json } from "../model/json.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Level } from "../model/policy.ts";
import type { Precision, Violation } from "../model/violation.ts";
import { fieldOf, type SchemaViolation } from "./schema-violation.ts";
import { apiVersionPolicy, schemaPolicy } from "./policies.ts";

/** Makes a violation of a schema violation, at the value, or for a missing field at the object that lacks it. */
export function violationOf(manifest: Manifest, { rule, level, path, text, rests }: SchemaViolation): Violation {
  const missing = rule === "required";
  const precision: Precision = missing ? "parent" : path.length === 0 ? "manifest" : "value";
  const message = missing ? saysMissing(path, isList(rests) ? rests.map(String) : []) : about(path, text);
  return violation(schemaPolicy.id, manifest, { rule, level, message, path, precision, rests: [rule, rests] });
}

function saysMissing(path: Path, names: readonly string[]): string {
  const [first = ""] = names;
  if (names.length === 1) return about([...path, first], "required, but missing");
  return about(path, `one of ${names.join(", ")} is required, but missing`);
}

function about(path: Path, text: string): string {
  return path.length === 0 ? text : `${fieldOf(path)}: ${text}`;
}

/** Makes a violation about the API version, placed at `apiVersion`. */
export function apiVersionViolation(
  manifest: Manifest,
  rule: "removed" | "not-yet" | "deprecated",
  level: Level,
  message: string,
): Violation {
  const rests = [rule, manifest.apiVersion];
  return violation(apiVersionPolicy.id, manifest, {
    rule,
    level,
    message,
    path: ["apiVersion"],
    precision: "value",
    rests,
  });
}

/** Makes a violation of a policy that warns of an API version which ends, placed at `apiVersion`. */
export function endingViolation(policy: string, manifest: Manifest, message: string): Violation {
  const rests = ["ending", manifest.apiVersion];
  return violation(policy, manifest, {
    rule: "ending",
    level: "info",
    message,
    path: ["apiVersion"],
    precision: "value",
    rests,
  });
}

/** Makes a violation for a kind that does not exist, placed at `pointer`. */
export function unknownKindViolation(manifest: Manifest, pointer: "/kind" | "/apiVersion", message: string): Violation {
  const rests = [manifest.apiVersion, manifest.identity.kind];
  const path = [pointer.slice(1)];
  return violation(schemaPolicy.id, manifest, {
    rule: "unknown-kind",
    level: "deny",
    message,
    path,
    precision: "value",
    rests,
  });
}

interface ViolationParts {
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  readonly path: Path;
  readonly precision: Precision;
  readonly rests: Json;
}

function violation(
  policy: string,
  manifest: Manifest,
  { rule, level, message, path, precision, rests }: ViolationParts,
): Violation {
  return {
    policy,
    rule,
    level,
    message,
    cause: {
      pointer: pointerOf(path),
      stablePointer: stablePointerOf(manifest.value, path),
      precision,
      reads: sha256(canonicalJson(rests)).slice(0, 16),
    },
    readsChange: false,
  };
}
