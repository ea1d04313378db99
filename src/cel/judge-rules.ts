import type { Fact } from "../model/fact.ts";
import type { Json } from "../model/json.ts";
import type { Question } from "../model/judge.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement, Violation } from "../model/violation.ts";
import { causeOf, type Steps } from "./cause.ts";
import { about, lasting } from "./said.ts";
import type { CelDefinition, CelModule } from "./cel-module.ts";
import { definitionOf, rulesKey, rulesOfCrd } from "./crd-rules.ts";
import type { KubernetesKinds } from "./kubernetes-kinds.ts";
import type { PartialJudge } from "./partial-judge.ts";
import { rulesPolicy } from "./rules-policy.ts";

interface DefinitionError {
  readonly field: string;
  readonly type: string;
  readonly detail: string;
  readonly place: Steps;
}

interface RuleError extends DefinitionError {
  readonly reads?: readonly Steps[];
  readonly rule?: string;
  readonly transition?: boolean;
}

interface RulesAnswer {
  readonly missing?: boolean;
  readonly errors?: readonly DefinitionError[];
  readonly results?: readonly { readonly blocked?: RuleError; readonly errors?: readonly RuleError[] }[];
}

const silent: Judgement = { violations: [], excepted: [], problems: [] };

/** Judges custom resources by the rules of the CRDs in the tree, and these by what the API server says of their rules. */
export function judgingRules(module: CelModule, { groups }: KubernetesKinds): PartialJudge {
  return {
    factsOf: rulesOfCrd,
    // A CRD awaits its own rules: the module is asked once the whole tree is read, in one thread.
    awaits: ({ manifest, operation }) => {
      const { group, kind } = manifest.identity;
      if (operation === "DELETE") return [];
      return groups.has(group) ? rulesOfCrd(manifest).map(({ key }) => key) : [rulesKey(group, kind)];
    },
    async judge(questions) {
      const judgements = new Map<Question, Judgement>();
      for (const question of questions) {
        const definition = question.facts === undefined ? undefined : definitionOf(question.manifest);
        if (definition !== undefined) judgements.set(question, await judgeDefinition(module, question, definition));
      }
      for (const [definition, asked] of byDefinition(questions)) {
        const answers = await askRules(module, definition, asked);
        asked.forEach((question, at) => {
          const answer = answers[at] ?? silent;
          const known = judgements.get(question);
          // Of several CRDs of one name, the one that it fits best counts.
          if (known === undefined || weight(answer) < weight(known)) judgements.set(question, answer);
        });
      }
      return questions.map((question) => judgements.get(question) ?? silent);
    },
  };
}

function weight({ violations, problems }: Judgement): number {
  return violations.length + problems.length;
}

/** The questions by the CRDs whose rules they are judged by. */
function byDefinition(questions: readonly Question[]): ReadonlyMap<CelDefinition, readonly Question[]> {
  const found = new Map<string, { readonly definition: CelDefinition; readonly asked: Question[] }>();
  for (const question of questions) {
    for (const fact of nearFacts(question)) {
      const one = found.get(fact.digest) ?? { definition: fact, asked: [] };
      one.asked.push(question);
      found.set(fact.digest, one);
    }
  }
  return new Map([...found.values()].map(({ definition, asked }) => [definition, asked]));
}

/** The CRDs of a manifest's own environment, else the common ones, else those of other environments. */
function nearFacts({ manifest, facts }: Question): readonly Fact[] {
  if (facts === undefined) return [];
  const key = rulesKey(manifest.identity.group, manifest.identity.kind);
  const about = facts.facts.filter((fact) => fact.key === key);
  const own = about.filter(({ environment }) => environment === manifest.environment);
  const common = about.filter(({ environment }) => environment === undefined);
  const near = own.length > 0 ? own : common.length > 0 ? common : about;
  return [...new Map(near.map((fact) => [fact.digest, fact])).values()];
}

/** What the API server says of the rules of a CRD. */
async function judgeDefinition(
  module: CelModule,
  { manifest }: Question,
  definition: CelDefinition,
): Promise<Judgement> {
  const outcome = await module.ask<RulesAnswer>("rules", definition, { objects: [] });
  if (outcome.kind === "failed") return problemOf(outcome.message);
  const violations = (outcome.answer.errors ?? []).map(({ field, type, detail, place }): Violation => ({
    policy: rulesPolicy.id,
    rule: "definition",
    level: "deny",
    message: about(field, detail),
    cause: causeOf(manifest.value, { place, by: [type, lasting(detail)] }),
    readsChange: false,
  }));
  return { ...silent, violations };
}

async function askRules(
  module: CelModule,
  definition: CelDefinition,
  questions: readonly Question[],
): Promise<readonly Judgement[]> {
  const objects = questions.map(({ manifest, oldObject }): Json => ({
    version: manifest.apiVersion.slice(manifest.apiVersion.indexOf("/") + 1),
    object: manifest.value,
    // An object of another version would have to be converted first.
    oldObject: oldObject?.["apiVersion"] === manifest.apiVersion ? oldObject : null,
  }));
  const outcome = await module.ask<RulesAnswer>("rules", definition, { objects });
  if (outcome.kind === "failed") return questions.map(() => problemOf(outcome.message));
  const { results = [], errors = [] } = outcome.answer;
  return questions.map((question, at) => {
    const { blocked, errors: found = [] } = results[at] ?? {};
    const violations = [
      // A rule that does not compile is reported at the CRD.
      ...found
        .filter(({ detail }) => errors.length === 0 || !detail.startsWith("rule compile"))
        .map((one) => broken(question, one)),
      ...(blocked === undefined ? [] : [unchecked(question, blocked)]),
    ];
    return violations.length === 0 ? silent : { ...silent, violations };
  });
}

function broken(
  { manifest, oldObject }: Question,
  { field, type, detail, place, reads, rule, ...error }: RuleError,
): Violation {
  // A new object may be judged by a rule about the old one as well (optionalOldSelf).
  const transition = error.transition === true && oldObject !== undefined;
  return {
    policy: rulesPolicy.id,
    rule: transition ? "transition" : /cost/.test(detail) && rule === undefined ? "cost" : "rule",
    level: "deny",
    message: about(field, detail),
    cause: causeOf(manifest.value, {
      place,
      by: [type, rule ?? lasting(detail)],
      ...(reads === undefined ? {} : { reads }),
    }),
    readsChange: transition,
  };
}

/** What keeps the API server from checking rules: it blocks already where schemas are checked. */
function unchecked({ manifest }: Question, { field, detail, place, type }: RuleError): Violation {
  return {
    policy: rulesPolicy.id,
    rule: "unchecked",
    level: "info",
    message: `the rules of its CRD were not checked because the object is invalid: ${about(field, detail)}`,
    cause: causeOf(manifest.value, { place, by: [type, lasting(detail)] }),
    readsChange: false,
  };
}

function problemOf(message: string): Judgement {
  const problem: Problem = { stage: "evaluate", message };
  return { ...silent, problems: [problem] };
}
