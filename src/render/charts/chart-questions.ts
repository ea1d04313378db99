import { hasSecretsOnly, decidesMoreThanValues } from "./templates/kept-secrets.ts";
import {
  askingActions,
  keywordOf,
  passedToTpl,
  scopesIn,
  type AskingAction,
  type TemplateScope,
} from "./templates/template-scopes.ts";
import type { UnknownFact } from "./templates/unknown-facts.ts";

/** What the templates of a chart ask that the tree does not tell. */
export interface ChartQuestions {
  /** For each template that is executed: what it asks that a rendering can be told either way. */
  readonly asked: readonly ReadonlySet<Answerable>[];
  /** API versions that the chart names anywhere. */
  readonly apiVersions: readonly string[];
  /** What no rendering can be told, where it decides what a template yields. */
  readonly doubts: readonly Doubt[];
  /** Whether something that is executed looks for objects of the cluster. */
  readonly looksUp: boolean;
}

/** `apis`: every API version that the chart names, all at once. */
export type Answerable = Extract<UnknownFact, "upgrade" | "apis" | `api:${string}`>;

export interface Doubt {
  /** By its path within the chart. */
  readonly template: string;
  readonly line: number;
  readonly fact: Exclude<UnknownFact, "upgrade">;
  /** It matters only where the template yields nothing. */
  readonly ifEmpty?: true;
}

/** Reads the questions from a chart's templates, and from texts that `tpl` may execute. */
export function chartQuestions(files: ReadonlyMap<string, string>, passed: readonly string[]): ChartQuestions {
  const templates = [...files].filter(([path]) => /(?:^|\/)templates\//.test(path));
  const scopes = [
    ...templates.flatMap(([path, text]) => scopesIn(path, text)),
    ...scopesIn(passedToTpl, passed.filter((text) => text.includes("{{")).join("\n")),
  ];
  const asking = askingActions(scopes);
  const executed = templates.map(([path]) => path).filter((path) => isExecuted(path));
  const reached = executed.map((path) => new Set((asking.get(path) ?? []).flatMap(({ facts }) => [...facts])));
  return {
    asked: reached.map((facts) => new Set([...facts].filter(isAnswerable))),
    apiVersions: [...new Set([...asking.values()].flat().flatMap(apiVersionsIn))].toSorted(),
    looksUp: reached.some((facts) => facts.has("lookup")),
    doubts: executed.flatMap((path) => {
      const parts = scopes.filter(({ name }) => name === path).flatMap((scope) => scope.parts);
      return doubtsOf(path, parts, asking.get(path) ?? []);
    }),
  };
}

/** Helm executes neither partials nor prints the notes. */
function isExecuted(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return !name.startsWith("_") && name !== "NOTES.txt";
}

function isAnswerable(fact: UnknownFact): fact is Answerable {
  return fact === "upgrade" || fact === "apis" || fact.startsWith("api:");
}

const apiVersion = /^(?:[a-z0-9-]+\.)*[a-z0-9-]+\/v\d+(?:(?:alpha|beta)\d+)?(?:\/[A-Z]\w*)?$/;

function apiVersionsIn({ action: { tokens } }: AskingAction): readonly string[] {
  return tokens.flatMap(({ kind, text }) => (kind === "string" && apiVersion.test(text) ? [text] : []));
}

const control = new Set(["if", "else if", "with", "else with", "range", "else range"]);
const comparing = new Set([
  "eq",
  "ne",
  "lt",
  "le",
  "gt",
  "ge",
  "has",
  "hasPrefix",
  "hasSuffix",
  "regexMatch",
  "ternary",
]);
const building = new Set(["printf", "print", "println", "join", "cat", "replace", "trimPrefix", "trimSuffix", "lower"]);

function doubtsOf(path: string, parts: TemplateScope["parts"], asking: readonly AskingAction[]): readonly Doubt[] {
  const found = new Map<string, Doubt>();
  const doubt = (fact: Doubt["fact"], { action: { line } }: AskingAction, ifEmpty?: true): void => {
    const key = `${fact} ${ifEmpty === true}`;
    if (!found.has(key)) found.set(key, { template: path, line, fact, ...(ifEmpty === undefined ? {} : { ifEmpty }) });
  };
  const keepsSecrets = hasSecretsOnly(parts);
  for (const one of asking) {
    const words = new Set(one.action.tokens.flatMap(({ kind, text }) => (kind === "word" ? [text] : [])));
    const decides = control.has(keywordOf(one.action)) || words.has("ternary");
    const compares = [...words].some((word) => comparing.has(word));
    if (words.has("sha256sum")) continue;
    for (const fact of ["lookup", "dns"] as const)
      if (one.facts.has(fact) && (!keepsSecrets || decidesMoreThanValues(parts, one, asking))) doubt(fact, one);
    if (!decides) continue;
    for (const fact of ["revision", "helm", "time"] as const) if (one.facts.has(fact)) doubt(fact, one);
    if (one.facts.has("random") && compares) doubt("random", one);
    if (one.own.has("release") && compares) doubt("release", one);
    if (one.own.has("kubernetes")) doubt("kubernetes", one, isExact(one) ? undefined : true);
    if (one.own.has("apis") && [...words].some((word) => building.has(word))) doubt("apis", one);
  }
  return [...found.values()];
}

/** Whether an action compares a version for equality: a range of versions usually tells older clusters apart. */
function isExact({ action: { tokens } }: AskingAction): boolean {
  return tokens.some(({ kind, text }) => kind === "word" && (text === "eq" || text === "ne"));
}
