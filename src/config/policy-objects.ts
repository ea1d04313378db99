import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { isObject } from "../manifest/identity.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { PolicyFile, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { groupOf, namesPolicyGroup, policyObjectUse } from "./policy-object-kinds.ts";

/** What YAML and JSON below a policy path hold. */
export interface PolicyObjectReading {
  /** In the order of the files and documents. */
  readonly objects: readonly PolicyObject[];
  /** Problems of objects that would deny something and cannot be judged. */
  readonly refused: readonly Problem[];
  /** The files without an object about policies. */
  readonly unused: readonly string[];
}

/**
 * Reads the objects that declare policies from files beside Rego. Templates that a tool made from a policy file beside them
 * are not used, since the file is; neither are their constraints, nor constraints without a template beside Rego.
 */
export function policyObjects(files: readonly PolicyFile[], policies: readonly PolicyFile[]): PolicyObjectReading {
  const readings = files.map(objectsIn);
  const all = readings.flatMap(({ objects }) => objects);
  const made = madeFrom(policies, all);
  const objects = all.filter((object) => !made(object));
  const refused = objects.filter(({ value }) => policyObjectUse(value) === "refused");
  const used = new Set([...objects, ...readings.flatMap(({ problems }) => problems)].map(({ path }) => path));
  return {
    objects: objects.filter((object) => !refused.includes(object)),
    refused: [...readings.flatMap(({ problems }) => problems), ...refused.map(unsupported)],
    unused: files.map(({ path }) => path).filter((path) => !used.has(path)),
  };
}

function unsupported({ path, line, value }: PolicyObject): Problem {
  const { kind } = value;
  const message = `${typeof kind === "string" ? kind : "an object"} of ${groupOf(value)} is not supported yet: what it denies would pass`;
  return { stage: "compile", path, line, message };
}

/** The objects of one file. A document that cannot be read is a problem if its text names the group of one. */
function objectsIn({ path, text }: PolicyFile): {
  readonly objects: readonly PolicyObject[];
  readonly problems: readonly (Problem & { readonly path: string })[];
} {
  const objects: PolicyObject[] = [];
  const problems: (Problem & { readonly path: string })[] = [];
  for (const part of splitDocuments(text)) {
    if (part.kind === "separator") {
      if (namesPolicyGroup(text)) problems.push({ stage: "parse", path, line: part.line, message: part.message });
      continue;
    }
    const reading = readDocument(path, part, DEFAULT_BUDGET);
    if (reading.kind === "problem" && namesPolicyGroup(part.text)) problems.push({ ...reading.problem, path });
    if (reading.kind !== "value") continue;
    const document = { text: part.text, line: part.line };
    for (const value of itemsOf(reading.value)) {
      if (policyObjectUse(value) === "other") continue;
      // The items of a list have no text of their own.
      const own = value === reading.value ? { document } : {};
      objects.push({ path, line: reading.line, ...own, value });
    }
  }
  return { objects, problems };
}

function itemsOf(value: Json): readonly JsonObject[] {
  if (!isObject(value)) return [];
  const { kind, items } = value;
  return kind === "List" && Array.isArray(items) ? items.filter(isObject) : [value];
}

/** Tells the objects that a tool made from policy files. */
function madeFrom(
  policies: readonly PolicyFile[],
  objects: readonly PolicyObject[],
): (object: PolicyObject) => boolean {
  const own = new Set(policies.map(({ text }) => bare(text)));
  const directories = new Set(policies.map(({ path }) => directoryOf(path)));
  const isMade = (template: JsonObject): boolean => {
    const targets = at(template, "spec", "targets");
    // Code in CEL takes the place of the Rego beside it.
    if (isInCel(targets)) return false;
    const texts = regoOf(targets);
    return texts.length > 0 && texts.every((text) => own.has(bare(text)));
  };
  const templates = objects.filter(({ value }) => groupOf(value) === "templates.gatekeeper.sh");
  const made = new Set(templates.filter(({ value }) => isMade(value)));
  const kindsOf = (of: readonly PolicyObject[]): ReadonlySet<Json | undefined> =>
    new Set(of.map(({ value }) => at(value, "spec", "crd", "spec", "names", "kind")));
  const kept = kindsOf(templates.filter((template) => !made.has(template)));
  const without = kindsOf([...made]);
  return (object) => {
    if (groupOf(object.value) !== "constraints.gatekeeper.sh") return made.has(object);
    const { kind } = object.value;
    return !kept.has(kind) && (without.has(kind) || directories.has(directoryOf(object.path)));
  };
}

function isInCel(targets: Json | undefined): boolean {
  const codes = Array.isArray(targets) ? targets.flatMap((target: Json) => [at(target, "code")].flat()) : [];
  return codes.some((code) => at(code, "engine") === "K8sNativeValidation");
}

/** The Rego of all targets of a template, with that of its libraries. */
function regoOf(targets: Json | undefined): readonly string[] {
  if (!Array.isArray(targets)) return [];
  return targets.flatMap((target: Json) => {
    const code = at(target, "code");
    const sources = Array.isArray(code) ? code.map((one: Json) => at(one, "source")) : [];
    return [target, ...sources].flatMap((source) => [at(source, "rego"), at(source, "libs")].flat()).filter(isText);
  });
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function directoryOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** A Rego file without comments and spaces, which generators change. */
function bare(text: string): string {
  return text.replaceAll(/#[^\n]*/g, "").replaceAll(/\s+/g, "");
}
