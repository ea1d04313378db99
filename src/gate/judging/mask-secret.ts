import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import type { Question } from "../../model/judge.ts";
import type { Identity } from "../../model/manifest.ts";
import type { Judgement, Violation } from "../../model/violation.ts";

const MASK = "***";
/** Masking shorter values would mask parts of ordinary words, and so reveal their letters. */
const SHORTEST = 4;

/**
 * The judgement with every value of a Secret's `data` and `stringData`, also decoded, masked in the policies' texts:
 * more people read logs, check runs and comments than may read the Secret. Text within a key or
 * the Secret's name stays: masking a part of a known word would reveal the value.
 */
export function withoutSecrets(judgement: Judgement, { manifest, oldObject }: Question): Judgement {
  const clean = secretMask(manifest.identity, manifest.value, oldObject ?? {});
  if (clean === undefined) return judgement;
  const say = (violation: Violation): Violation => ({
    ...violation,
    message: clean(violation.message),
    ...(violation.metadata === undefined ? {} : { metadata: cleaned(violation.metadata, clean) as JsonObject }),
  });
  return {
    violations: judgement.violations.map(say),
    excepted: judgement.excepted.map(say),
    problems: judgement.problems.map((problem) => ({ ...problem, message: clean(problem.message) })),
  };
}

/** Makes a function that masks the values of all versions of a Secret in a text; undefined for another kind. */
export function secretMask(
  identity: Identity,
  ...versions: readonly JsonObject[]
): ((text: string) => string) | undefined {
  if (identity.kind !== "Secret" || identity.group !== "") return undefined;
  const secrets = secretsOf(...versions);
  const names = openNames(identity, ...versions);
  return (text) => masked(text, secrets, names);
}

/** The text with every occurrence of a secret masked, except within one name. */
function masked(text: string, secrets: readonly string[], names: readonly string[]): string {
  const found = secrets.flatMap((secret) => occurrences(text, secret));
  if (found.length === 0) return text;
  const open = names.flatMap((name) => occurrences(text, name));
  const hidden = found
    .filter(([start, end]) => !open.some(([from, to]) => from <= start && end <= to))
    .toSorted(([a], [b]) => a - b);
  let result = "";
  let at = 0;
  for (const [start, end] of hidden) {
    if (start > at || at === 0) result += text.slice(at, start) + MASK;
    at = Math.max(at, end);
  }
  return result + text.slice(at);
}

type Span = readonly [start: number, end: number];

function occurrences(text: string, part: string): readonly Span[] {
  const found: Span[] = [];
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) found.push([at, at + part.length]);
  return found;
}

function openNames({ kind, name, namespace }: Identity, ...objects: readonly JsonObject[]): readonly string[] {
  const keys = objects.flatMap(({ data, stringData }) => [data, stringData].filter(isObject).flatMap(Object.keys));
  return [...new Set([kind, name, namespace ?? "", ...keys])].filter((open) => open.length >= SHORTEST);
}

function secretsOf(...objects: readonly JsonObject[]): readonly string[] {
  const found = new Set<string>();
  for (const { data, stringData } of objects.flatMap((object) => [object, lastApplied(object)])) {
    for (const value of valuesOf(stringData)) addForms(value, found);
    for (const value of valuesOf(data)) {
      addForms(value, found);
      addForms(decoded(value), found);
    }
  }
  return [...found].filter(({ length }) => length >= SHORTEST);
}

/** The Secret that kubectl keeps in the last-applied annotation; an unreadable annotation is masked as a whole. */
function lastApplied({ metadata }: JsonObject): JsonObject {
  const annotations = isObject(metadata) ? metadata["annotations"] : undefined;
  const text = isObject(annotations) ? annotations["kubectl.kubernetes.io/last-applied-configuration"] : undefined;
  if (typeof text !== "string") return {};
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : { data: { text } };
  } catch {
    return { data: { text } };
  }
}

function valuesOf(map: Json | undefined): readonly string[] {
  if (typeof map !== "object" || map === null) return [];
  return Object.values(map).flatMap((value) => (value === null || typeof value === "object" ? [] : [String(value)]));
}

/** Adds the value itself, its JSON string, and each of its lines. */
function addForms(value: string, found: Set<string>): void {
  const lines = value.split("\n").map((line) => line.trim());
  for (const text of [value, value.trim(), ...lines]) {
    found.add(text);
    found.add(JSON.stringify(text).slice(1, -1));
  }
}

function decoded(value: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(value), (character) => character.charCodeAt(0)));
  } catch {
    return "";
  }
}

function cleaned(value: Json, clean: (text: string) => string): Json {
  if (typeof value === "string") return clean(value);
  if (typeof value !== "object" || value === null) {
    const text = clean(String(value));
    return text === String(value) ? value : text;
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => cleaned(item, clean));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), cleaned(item, clean)]));
}
