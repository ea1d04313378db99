import { canonicalJson } from "../manifest/canonical-json.ts";
import { locatorOf } from "../manifest/locate.ts";
import { keysOf, pointerOf } from "../manifest/pointer.ts";
import { sha256 } from "../manifest/sha256.ts";
import type { PolicyWarning } from "../model/judge.ts";
import type { Policy, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { isAdmissionObject, nameOf, readBinding, readPolicy, type NamedPolicy } from "./admission-policy.ts";
import type { CelDefinition, CelModule } from "./cel-module.ts";
import type { BoundPolicy } from "./judge-policies.ts";
import { kyvernoPolicies } from "./kyverno-policy.ts";
import { keysOfSelector } from "./label-selector.ts";
import type { PoliciesAnswer } from "./policies-operation.ts";
import { about } from "./said.ts";

/** The policies in CEL of a set, compiled. */
export interface CompiledPolicies {
  readonly bound: readonly BoundPolicy[];
  readonly policies: readonly Policy[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly PolicyWarning[];
}

/** Whether an object is a policy or a binding that this room judges. */
export function isCelObject(object: PolicyObject): boolean {
  return (
    isAdmissionObject(object, "ValidatingAdmissionPolicy") ||
    isAdmissionObject(object, "ValidatingAdmissionPolicyBinding") ||
    kyvernoPolicies([object]).length > 0
  );
}

/** Compiles the policies among objects, and pairs them with their bindings. Starts the module only where there are any. */
export async function compilePolicies(module: CelModule, objects: readonly PolicyObject[]): Promise<CompiledPolicies> {
  const problems: Problem[] = [];
  const warnings: PolicyWarning[] = [];
  const bound: BoundPolicy[] = [];
  const named = [...admissionPolicies(objects, problems, warnings), ...kyvernoPolicies(objects)];
  for (const one of named) {
    const compiled = await compile(module, one, problems, warnings);
    if (compiled !== undefined) bound.push(compiled);
  }
  return { bound, policies: named.map(policyOf), problems, warnings };
}

function policyOf({ id, bindings }: NamedPolicy): Policy {
  const [first] = bindings;
  return { id, package: id, ...(first === undefined ? {} : { level: first.level }) };
}

function admissionPolicies(
  objects: readonly PolicyObject[],
  problems: Problem[],
  warnings: PolicyWarning[],
): readonly NamedPolicy[] {
  const bindings = objects.filter((one) => isAdmissionObject(one, "ValidatingAdmissionPolicyBinding")).map(readBinding);
  const policies = objects.filter((one) => isAdmissionObject(one, "ValidatingAdmissionPolicy")).map(readPolicy);
  const names = new Set(policies.map(({ name }) => name));
  for (const { name, policyName, object } of bindings) {
    if (names.has(policyName)) continue;
    const message = `the binding ${name} is of ValidatingAdmissionPolicy ${policyName}, which is not among the policies: what it denies would pass`;
    problems.push({ stage: "compile", path: object.path, line: lineOf(object, "/spec/policyName"), message });
  }
  return policies.map((policy): NamedPolicy => {
    const own = bindings.filter(({ policyName }) => policyName === policy.name);
    if (own.length === 0) {
      const message = `ValidatingAdmissionPolicy ${policy.name} has no ValidatingAdmissionPolicyBinding among the policies, so that it decides nothing`;
      warnings.push({ path: policy.object.path, line: lineOf(policy.object, "/metadata/name"), message });
    }
    return { id: `validatingadmissionpolicy/${policy.name}`, policy, bindings: own, hasOwnFunctions: false };
  });
}

async function compile(
  module: CelModule,
  { id, policy, bindings, hasOwnFunctions }: NamedPolicy,
  problems: Problem[],
  warnings: PolicyWarning[],
): Promise<BoundPolicy | undefined> {
  const { object } = policy;
  const at = (field: string): { readonly path: string; readonly line: number } => ({
    path: object.path,
    line: lineOf(object, pointerOfField(field)),
  });
  if (nameOf(policy.value) === "") {
    problems.push({ stage: "compile", ...at("metadata"), message: "a policy without metadata.name; expected a name" });
    return undefined;
  }
  const definition: CelDefinition = { digest: sha256(canonicalJson(policy.value)), value: policy.value };
  const outcome = await module.ask<PoliciesAnswer>("policies", definition, { questions: [] });
  if (outcome.kind === "failed") {
    problems.push({ stage: "compile", ...at("spec"), message: `${id}: ${outcome.message}` });
    return undefined;
  }
  const { errors = [], unjudged = [], userInfo = [], readsChange = [] } = outcome.answer.facts ?? {};
  const foreign = errors.filter(({ detail }) => hasOwnFunctions && /undeclared reference|undefined field/.test(detail));
  if (foreign.length > 0) {
    for (const { field, detail } of foreign) {
      const [, name = "a function"] = /undeclared reference to '([^']*)'/.exec(detail) ?? [];
      warnings.push({
        gap: "warn",
        ...at(field),
        message: `${id} is not judged: ${name} is of Kyverno alone, and its answer is in a cluster or on a server`,
      });
    }
    return undefined;
  }
  if (errors.length > 0) {
    for (const { field, detail } of errors)
      problems.push({ stage: "compile", ...at(field), message: about(field, detail) });
    return undefined;
  }
  const asking = unjudged.find((field) => field.startsWith("spec.matchConditions"));
  for (const field of unjudged.filter((one) => !one.startsWith("spec.variables"))) {
    const what = asking === undefined ? field : id;
    warnings.push({ gap: "warn", ...at(field), message: `${what} is not judged: it asks the authorizer of a cluster` });
  }
  const [who] = userInfo;
  if (who !== undefined) {
    const message = `${id} reads request.userInfo, which a repository does not tell: judged as a user without name and groups`;
    warnings.push({ gap: "info", ...at(who), message });
  }
  for (const selector of [policy.match, ...bindings.map(({ match }) => match)].map((one) => one?.namespaceSelector)) {
    if (keysOfSelector(selector).every((key) => key === "kubernetes.io/metadata.name")) continue;
    const message = `${id} selects namespaces by label: a namespace without a manifest counts as one with its name alone`;
    warnings.push({ gap: "info", ...at("spec.matchConstraints.namespaceSelector"), message });
    break;
  }
  if (asking !== undefined || bindings.length === 0) return undefined;
  return { id, policy, definition, bindings, readsChange };
}

/** The pointer of a field that the module names, such as `spec.validations[0].expression`. */
function pointerOfField(field: string): string {
  return pointerOf(field.split(/[.[\]]+/).filter((step) => step !== ""));
}

/** The line of a value of a policy object; of the object where it has no text of its own. */
function lineOf({ line, document }: PolicyObject, pointer: string): number {
  if (document === undefined || keysOf(pointer).length === 0) return line;
  const locator = locatorOf({ kind: "document", index: 0, offset: 0, ...document });
  return locator?.locateDeepest(pointer).place.line ?? line;
}
