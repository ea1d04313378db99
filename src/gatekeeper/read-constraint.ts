import type { JsonObject } from "../model/json.ts";
import type { Level, Policy, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { problemAt } from "./object-lines.ts";
import { validatedSpec } from "./parameters.ts";
import type { Template } from "./read-template.ts";
import { selectorFault } from "./selector.ts";
import { listAt, objectAt, textAt } from "./values.ts";

/** A constraint with the template that it is of. */
export interface Constraint {
  readonly object: PolicyObject;
  readonly template: Template;
  readonly policy: Policy;
  /** Absent: it is not enforced where manifests are checked before they are applied. */
  readonly level?: Level;
  readonly match?: JsonObject;
  /** With the defaults of the template. */
  readonly parameters: JsonObject;
  /** The constraint as the API server would store it: with the defaults of the template. */
  readonly stored: JsonObject;
}

/** A constraint, and what Gatekeeper would refuse in it. */
export interface ConstraintReading {
  readonly constraint: Constraint;
  readonly problems: readonly Problem[];
}

/** Where `gator` enforces, and so does this. */
const enforcementPoint = "gator.gatekeeper.sh";

/** Reads a constraint of a template: its parameters are validated and have their defaults. */
export function readConstraint(object: PolicyObject, template: Template): ConstraintReading {
  const { value } = object;
  const name = textAt(value, "metadata", "name") ?? "";
  const problems: Problem[] = [];
  const fault = (pointer: string, message: string): void => void problems.push(problemAt(object, pointer, message));
  const version = textAt(value, "apiVersion")?.split("/")[1] ?? "";
  if (!["v1beta1", "v1alpha1"].includes(version))
    fault("/apiVersion", `${version} is no version of constraints.gatekeeper.sh; expected v1beta1 or v1alpha1`);
  if (name.length > 63 || !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(name))
    fault("/metadata", `the constraint's name is ${JSON.stringify(name)}; expected a name as Kubernetes allows it`);
  const { spec, faults } = validatedSpec(template, value["spec"]);
  for (const { pointer, message } of faults) fault(pointer, message);
  const match = objectAt(spec, "match");
  for (const field of ["labelSelector", "namespaceSelector"]) {
    const selector = objectAt(match, field);
    const wrong = selector === undefined ? undefined : selectorFault(selector);
    if (wrong !== undefined) fault(`/spec/match/${field}/matchExpressions`, `${field}: ${wrong}`);
  }
  const level = levelOf(spec, fault);
  return {
    constraint: {
      object,
      template,
      policy: policyOf(value, name, template, level),
      ...(level === undefined ? {} : { level }),
      ...(match === undefined ? {} : { match }),
      parameters: objectAt(spec, "parameters") ?? {},
      stored: { ...value, spec },
    },
    problems,
  };
}

/** The actions of a constraint and the level that each is here. */
const levels: { readonly [action: string]: Level } = { deny: "deny", warn: "warn", dryrun: "info" };

/** The level of an action; undefined where there is no such action. */
export function levelOfAction(action: string): Level | undefined {
  return Object.hasOwn(levels, action) ? levels[action] : undefined;
}

function levelOf(spec: JsonObject, fault: (pointer: string, message: string) => void): Level | undefined {
  const action = textAt(spec, "enforcementAction") ?? "deny";
  if (action !== "scoped") {
    const level = levelOfAction(action);
    if (level === undefined)
      fault(
        "/spec/enforcementAction",
        `enforcementAction is ${JSON.stringify(action)}; expected deny, warn, dryrun or scoped`,
      );
    return level;
  }
  const scoped = listAt(spec, "scopedEnforcementActions");
  if (scoped.length === 0)
    fault("/spec", "enforcementAction is scoped, and there are no scopedEnforcementActions; expected at least one");
  const found = scoped.flatMap((one, at): readonly Level[] => {
    const name = textAt(one, "action") ?? "";
    const level = levelOfAction(name);
    if (level === undefined) {
      fault(
        `/spec/scopedEnforcementActions/${at}`,
        `the action is ${JSON.stringify(name)}; expected deny, warn or dryrun`,
      );
      return [];
    }
    const points = listAt(one, "enforcementPoints").map((point) => textAt(point, "name"));
    return points.includes("*") || points.includes(enforcementPoint) ? [level] : [];
  });
  return (["deny", "warn", "info"] as const).find((level) => found.includes(level));
}

function policyOf(value: JsonObject, name: string, template: Template, level: Level | undefined): Policy {
  const about = (annotation: string): string | undefined =>
    textAt(value, "metadata", "annotations", annotation) ??
    textAt(template.object.value, "metadata", "annotations", annotation);
  const title = about("metadata.gatekeeper.sh/title");
  const description = about("description");
  const kind = template.kind.toLowerCase();
  return {
    id: `${kind}/${name}`,
    package: kind,
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description: description.trim() }),
    ...(level === undefined ? {} : { level }),
  };
}
