import { DEFAULT_BUDGET } from "../manifest/budget.ts";
import { isObject } from "../manifest/identity.ts";
import { readDocument } from "../manifest/read-document.ts";
import { splitDocuments } from "../manifest/split-documents.ts";
import type { Json } from "../model/json.ts";
import type { PolicyFile } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";

/** Files beside Rego below a policy path: those that would enforce something, and those that are not used. */
export interface BesideRego {
  readonly problems: readonly Problem[];
  readonly unused: readonly string[];
}

interface Enforced {
  readonly path: string;
  readonly line: number;
  readonly kind: "template" | "constraint";
  /** The kind of the constraint, or of those of the template. */
  readonly of: string | undefined;
  readonly rego: readonly string[];
}

/**
 * Refuses Gatekeeper templates whose Rego is in no policy file, and their constraints: they would deny, and here nothing
 * would. Templates generated from a policy file are not used, and neither is any other file.
 */
export function besideRego(files: readonly PolicyFile[], policies: readonly PolicyFile[]): BesideRego {
  const own = new Set(policies.map(({ text }) => bare(text)));
  const enforced = files.flatMap(enforcedIn);
  const templates = enforced.filter(
    ({ kind, rego }) => kind === "template" && !(rego.length > 0 && rego.every((text) => own.has(bare(text)))),
  );
  const kinds = new Set(templates.map(({ of }) => of));
  const refused = enforced.filter((one) => templates.includes(one) || (one.kind === "constraint" && kinds.has(one.of)));
  const paths = new Set(refused.map(({ path }) => path));
  return {
    problems: refused.map(({ path, line, kind }) => ({
      stage: "compile",
      path,
      line,
      message:
        kind === "template"
          ? "Gatekeeper templates are not supported yet: what it denies would pass"
          : "Gatekeeper constraints are not supported yet: what it denies would pass",
    })),
    unused: files.map(({ path }) => path).filter((path) => !paths.has(path)),
  };
}

/** The templates and constraints in a file. One that cannot be read counts if its text names their group. */
function enforcedIn({ path, text }: PolicyFile): readonly Enforced[] {
  return [...splitDocuments(text)].flatMap((document): readonly Enforced[] => {
    if (document.kind === "separator") return [];
    const reading = readDocument(path, document, DEFAULT_BUDGET);
    if (reading.kind === "problem") {
      const named = /^\s*["']?apiVersion["']?\s*:\s*["']?(?:templates|constraints)\.gatekeeper\.sh\//m;
      return named.test(document.text)
        ? [{ path, line: document.line, kind: "template", of: undefined, rego: [] }]
        : [];
    }
    if (reading.kind === "empty") return [];
    const [group] = textAt(reading.value, "apiVersion").split("/");
    const { line } = reading;
    if (group === "constraints.gatekeeper.sh")
      return [{ path, line, kind: "constraint", of: textAt(reading.value, "kind"), rego: [] }];
    if (group !== "templates.gatekeeper.sh") return [];
    const of = textAt(reading.value, "spec", "crd", "spec", "names", "kind");
    return [{ path, line, kind: "template", of, rego: regoOf(at(reading.value, "spec", "targets")) }];
  });
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

function textAt(value: Json, ...keys: readonly string[]): string {
  const found = at(value, ...keys);
  return isText(found) ? found : "";
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

function at(value: Json | undefined, ...keys: readonly string[]): Json | undefined {
  return keys.reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

/** A Rego file without comments and spaces, which generators change. */
function bare(text: string): string {
  return text.replaceAll(/#[^\n]*/g, "").replaceAll(/\s+/g, "");
}
