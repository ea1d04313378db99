import { causeOf } from "../cel/cause.ts";
import type { CelModule } from "../cel/cel-module.ts";
import type { Decision, PoliciesAnswer, PolicyFacts } from "../cel/policies-operation.ts";
import { resourceOf } from "../cel/resources.ts";
import { about } from "../cel/said.ts";
import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Problem } from "../model/problem.ts";
import type { TemplateAnswer, TemplateResult } from "../rego/template/template-engine.ts";
import type { NativeCode } from "./native-code.ts";
import { problemAt } from "./object-lines.ts";
import type { Template } from "./read-template.ts";
import type { CodeAsk, TemplateCode } from "./template-code.ts";
import { objectAt, textAt } from "./values.ts";

/** Compiles a template's code in CEL. The API server's validator evaluates it, as Gatekeeper's driver has it do. */
export async function createNativeEngine(
  template: Template,
  { definition, written, pointerOf }: NativeCode,
  cel: CelModule,
): Promise<TemplateCode> {
  const outcome = await cel.ask<PoliciesAnswer>("policies", written, { questions: [] });
  const facts = outcome.kind === "answered" ? (outcome.answer.facts ?? {}) : {};
  const at = (field: string, message: string): Problem => problemAt(template.object, pointerOf(field), message);
  const problems = outcome.kind === "failed" ? [at("spec", outcome.message)] : problemsOf(facts, at);
  const engine: TemplateCode = {
    problems,
    readsChange: (facts.readsChange ?? []).length > 0,
    readsTime: false,
    prints: false,
    leavesOut: () => false,
    ask: async (asks) => {
      if (problems.length > 0) return asks.map(() => ({ results: [], failures: [] }));
      const answered = await cel.ask<PoliciesAnswer>("policies", definition, { questions: asks.map(questionOf) });
      if (answered.kind === "failed") return asks.map(() => ({ results: [], failures: [answered.message] }));
      const { results = [] } = answered.answer;
      return asks.map((ask, n): TemplateAnswer => {
        const asksWho = (facts.userInfo ?? []).length > 0 && namesUser(ask.review);
        return {
          results: (results[n]?.decisions ?? []).map((decision) => resultOf(decision, ask)),
          failures: asksWho
            ? ["its code in CEL reads userInfo, which is judged as a user without name and groups"]
            : [],
        };
      });
    },
    apart: () => ({ ...engine, close: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
  return engine;
}

function problemsOf(
  { errors = [], unjudged = [] }: PolicyFacts,
  at: (field: string, message: string) => Problem,
): readonly Problem[] {
  return [
    ...errors.map(({ field, detail }) => at(field, about("", detail))),
    ...unjudged.map((field) => at(field, "undeclared reference to 'authorizer': Gatekeeper has none")),
  ];
}

/** A review as the API server would ask an admission policy: of a deletion the object is the old one alone. */
function questionOf({ review, constraint: { stored } }: CodeAsk): Json {
  const operation = textAt(review, "operation") ?? "";
  const kind = textAt(review, "kind", "kind") ?? "";
  const resource = textAt(review, "resource", "resource") ?? "";
  const namespace = objectAt(review, "namespaceObject") ?? {};
  return {
    object: operation === "DELETE" ? null : (review["object"] ?? null),
    oldObject: review["oldObject"] ?? null,
    params: stored,
    namespace: Object.keys(namespace).length === 0 ? null : namespace,
    group: textAt(review, "kind", "group") ?? "",
    version: textAt(review, "kind", "version") ?? "",
    kind,
    resource: resource === "" && kind !== "" ? resourceOf(kind) : resource,
    name: textAt(review, "name") ?? "",
    inNamespace: textAt(review, "namespace") ?? "",
    operation,
  };
}

function resultOf({ index, action, message, place, reads }: Decision, { object, constraint }: CodeAsk): TemplateResult {
  return {
    message: about("", message),
    causes: [causeOf(object, { place, by: [index, constraint.policy.id], ...(reads === undefined ? {} : { reads }) })],
    // What the failure policy lets through is only shown.
    ...(action === "admit" ? { isAdmitted: true as const } : {}),
  };
}

function namesUser(review: JsonObject): boolean {
  const user = review["userInfo"];
  return isObject(user) && Object.keys(user).length > 0;
}
