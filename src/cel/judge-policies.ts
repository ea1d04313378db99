import { canonicalJson } from "../manifest/canonical-json.ts";
import { member } from "../manifest/member.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { Fact } from "../model/fact.ts";
import type { Json, JsonObject } from "../model/json.ts";
import type { Question } from "../model/judge.ts";
import type { Manifest } from "../model/manifest.ts";
import type { Level } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import type { Judgement, Violation } from "../model/violation.ts";
import type { AdmissionPolicy, Binding } from "./admission-policy.ts";
import { causeOf, type Steps } from "./cause.ts";
import type { CelDefinition, CelModule } from "./cel-module.ts";
import type { KubernetesKinds } from "./kubernetes-kinds.ts";
import { withKubernetesDefaults } from "./kubernetes-defaults.ts";
import { fitsSelector } from "./label-selector.ts";
import { matchRequest, type Request } from "./match-request.ts";
import type { PartialJudge } from "./partial-judge.ts";
import type { Annotation, Decision, PoliciesAnswer } from "./policies-operation.ts";
import { about } from "./said.ts";
import { labelsOf, resourceOf, servedByCrd, servedKey, servedOf } from "./resources.ts";

/** A policy that compiles, with its bindings. */
export interface BoundPolicy {
  readonly id: string;
  readonly policy: AdmissionPolicy;
  readonly definition: CelDefinition;
  readonly bindings: readonly Binding[];
  /** The indices of the validations that read the operation or the old object. */
  readonly readsChange: readonly number[];
}

/** One evaluation: a question, under a binding, with one object of parameters. */
interface Evaluation {
  readonly question: Question;
  readonly binding: Binding;
  readonly request: Request;
  readonly params: Json;
}

/** The key of a namespace. */
function namespaceKey(name: string): string {
  return `cel-namespace ${name}`;
}

/** The key of the objects that policies take as parameters. */
function paramsKey(group: string, kind: string): string {
  return `cel-params ${group}/${kind}`;
}

/** Judges manifests by ValidatingAdmissionPolicies with their bindings, as the API server does on admission. */
export function judgingPolicies(
  module: CelModule,
  policies: readonly BoundPolicy[],
  kinds: KubernetesKinds,
): PartialJudge {
  const paramKeys = new Set(
    policies.flatMap(({ policy: { paramKind } }) =>
      paramKind === undefined ? [] : [paramsKey(paramKind.group, paramKind.kind)],
    ),
  );
  return {
    factsOf: (manifest) => [...servedByCrd(manifest), ...namespaceFact(manifest), ...paramFact(manifest, paramKeys)],
    awaits: ({ manifest: { identity, value } }) => {
      return [
        ...(kinds.groups.has(identity.group) ? [] : [servedKey(identity.group, identity.kind)]),
        ...(value["apiVersion"] === "v1" && identity.kind === "Namespace"
          ? []
          : [namespaceKey(identity.namespace ?? "default")]),
        ...paramKeys,
      ];
    },
    async judge(questions) {
      const asked = questions.filter(({ facts }) => facts !== undefined);
      const found = new Map<Question, { readonly violations: Violation[]; readonly problems: Problem[] }>();
      for (const bound of policies) {
        const add = (question: Question, violations: readonly Violation[], problems: readonly Problem[] = []): void => {
          const known = found.get(question) ?? { violations: [], problems: [] };
          known.violations.push(...violations);
          known.problems.push(...problems);
          found.set(question, known);
        };
        const evaluations = asked.flatMap((question) => evaluationsOf(bound, question, kinds, add));
        if (evaluations.length > 0) await evaluate(module, bound, evaluations, add);
      }
      return questions.map((question): Judgement => ({
        violations: [],
        problems: [],
        ...found.get(question),
        excepted: [],
      }));
    },
  };
}

function namespaceFact({ identity, value }: Manifest): readonly Fact[] {
  if (identity.group !== "" || identity.kind !== "Namespace") return [];
  return [factOf(namespaceKey(identity.name), value)];
}

function paramFact({ identity, value }: Manifest, keys: ReadonlySet<string>): readonly Fact[] {
  const key = paramsKey(identity.group, identity.kind);
  return keys.has(key) ? [factOf(key, value)] : [];
}

function factOf(key: string, value: JsonObject): Fact {
  return { key, digest: sha256(canonicalJson(value)), value };
}

type Add = (question: Question, violations: readonly Violation[], problems?: readonly Problem[]) => void;

/** What a policy is evaluated with for one question. What hinders it already is added at once. */
function evaluationsOf(
  { id, policy, bindings }: BoundPolicy,
  question: Question,
  kinds: KubernetesKinds,
  add: Add,
): readonly Evaluation[] {
  const request = requestOf(question, kinds);
  const matched = matchRequest(policy.match, request);
  if (matched.kind === "no") return [];
  return bindings.flatMap((binding): readonly Evaluation[] => {
    const bound = binding.match === undefined ? matched : matchRequest(binding.match, request);
    if (bound.kind === "no") return [];
    const params = paramsOf(policy, binding, question, request);
    if (params.length > 0)
      return params.map((one) => ({ question, binding, request: converted(request, matched.version), params: one }));
    if (binding.param?.denyIfMissing !== true) return [];
    const message =
      "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction";
    const level = policy.failurePolicy === "Ignore" ? "info" : binding.level;
    add(question, [violationOf({ id, binding, question, level, rule: "params" }, { message, place: [] })]);
    return [];
  });
}

/** The request as the API server would have it under another version, which differs in its name alone. */
function converted(request: Request, version: string): Request {
  if (version === request.version) return request;
  const apiVersion = request.group === "" ? version : `${request.group}/${version}`;
  const convert = (object: JsonObject | undefined): JsonObject | undefined =>
    object === undefined ? undefined : { ...object, apiVersion };
  return { ...request, version, object: convert(request.object), oldObject: convert(request.oldObject) };
}

function requestOf({ manifest, operation, oldObject, facts }: Question, kinds: KubernetesKinds): Request {
  const { identity, apiVersion, value } = manifest;
  const about = (key: string): Fact | undefined => facts?.facts.find((fact) => fact.key === key);
  const fact = about(servedKey(identity.group, identity.kind));
  const served = fact === undefined ? undefined : servedOf(fact);
  const version = apiVersion.slice(apiVersion.indexOf("/") + 1);
  const isNamespace = identity.group === "" && identity.kind === "Namespace";
  const clusterScoped = served?.clusterScoped ?? kinds.clusterScoped.has(`${identity.group}/${identity.kind}`);
  const namespace = clusterScoped ? undefined : (identity.namespace ?? "default");
  return {
    group: identity.group,
    version,
    kind: identity.kind,
    resource: served?.plural ?? resourceOf(identity.kind),
    name: identity.name,
    ...(namespace === undefined ? {} : { namespace }),
    operation,
    object: operation === "DELETE" ? undefined : value,
    oldObject: operation === "DELETE" ? value : oldObject,
    namespaceLabels: isNamespace
      ? namespaceLabels(identity.name, value)
      : namespace === undefined
        ? undefined
        : namespaceLabels(namespace, about(namespaceKey(namespace))?.value),
    otherVersions: served?.alike === true ? served.versions.filter((other) => other !== version) : [],
  };
}

/** The API server labels every namespace with its name. */
function namespaceLabels(name: string, namespace: Json | undefined): JsonObject {
  const labels = labelsOf(namespace);
  return {
    ...(typeof labels === "object" && labels !== null && !Array.isArray(labels) ? (labels as JsonObject) : {}),
    "kubernetes.io/metadata.name": name,
  };
}

function namespaceObject({ facts }: Question, { namespace, namespaceLabels: labels }: Request): Json {
  if (namespace === undefined) return null;
  const known = facts?.facts.find(({ key }) => key === namespaceKey(namespace))?.value;
  const metadata = member(known, "metadata");
  return withKubernetesDefaults({
    apiVersion: "v1",
    kind: "Namespace",
    ...(known as JsonObject | undefined),
    metadata: { ...(metadata as JsonObject | undefined), name: namespace, labels: labels ?? {} },
  });
}

/** The parameters of a binding; one null where it takes none. */
function paramsOf(
  { paramKind }: AdmissionPolicy,
  { param }: Binding,
  { facts }: Question,
  { namespace }: Request,
): readonly Json[] {
  if (paramKind === undefined || param === undefined) return [null];
  const key = paramsKey(paramKind.group, paramKind.kind);
  const known = (facts?.facts ?? []).filter((fact) => fact.key === key).map(({ value }) => value);
  const wanted = param.namespace ?? namespace;
  return known.filter((value) => {
    const metadata = member(value, "metadata");
    const own = member(metadata, "namespace");
    return (
      (param.name === undefined || member(metadata, "name") === param.name) &&
      (own === undefined || wanted === undefined || own === wanted) &&
      fitsSelector(param.selector, member(metadata, "labels"))
    );
  });
}

async function evaluate(
  module: CelModule,
  bound: BoundPolicy,
  evaluations: readonly Evaluation[],
  add: Add,
): Promise<void> {
  const questions = evaluations.map(({ question, request, params }): Json => ({
    object: asServed(request.object),
    oldObject: asServed(request.oldObject),
    params,
    namespace: namespaceObject(question, request),
    group: request.group,
    version: request.version,
    kind: request.kind,
    resource: request.resource,
    name: request.name,
    inNamespace: request.namespace ?? "",
    operation: request.operation,
  }));
  const outcome = await module.ask<PoliciesAnswer>("policies", bound.definition, { questions });
  evaluations.forEach(({ question, binding }, at) => {
    if (outcome.kind === "failed")
      return add(question, [], [{ stage: "evaluate", message: `${bound.id}: ${outcome.message}` }]);
    const { decisions = [], annotations = [] } = outcome.answer.results?.[at] ?? {};
    add(
      question,
      decisions.map((decision) =>
        violationOf(
          {
            id: bound.id,
            binding,
            question,
            // What the failure policy lets through is only shown.
            level: decision.action === "admit" ? "info" : binding.level,
            rule: ruleOf(decision),
            readsChange: bound.readsChange.includes(decision.index),
          },
          { ...decision, annotations },
        ),
      ),
    );
  });
}

/** An object as the API server has it when it asks policies. */
function asServed(object: JsonObject | undefined): Json {
  return object === undefined ? null : withKubernetesDefaults(object);
}

function ruleOf({ index, evaluation }: Decision): string {
  if (index < 0) return "policy";
  return evaluation === "error" ? `validations[${index}] error` : `validations[${index}]`;
}

interface Deciding {
  readonly id: string;
  readonly binding: Binding;
  readonly question: Question;
  readonly level: Level;
  readonly rule: string;
  readonly readsChange?: boolean;
}

interface Said {
  readonly message: string;
  readonly reason?: string;
  readonly place: Steps;
  readonly reads?: readonly Steps[];
  readonly annotations?: readonly Annotation[];
}

function violationOf({ id, binding, question, level, rule, readsChange = false }: Deciding, said: Said): Violation {
  const { message, reason, place, reads, annotations = [] } = said;
  const noted = annotations.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value] as const]));
  return {
    policy: id,
    rule,
    level,
    message: about("", message),
    cause: causeOf(question.manifest.value, {
      place,
      by: [rule, binding.name],
      ...(reads === undefined ? {} : { reads }),
    }),
    metadata: {
      binding: binding.name,
      ...(reason === undefined || reason === "" ? {} : { reason }),
      ...(noted.length === 0 ? {} : { auditAnnotations: Object.fromEntries(noted) }),
    },
    readsChange,
  };
}
