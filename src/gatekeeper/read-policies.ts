import { canonicalJson } from "../manifest/canonical-json.ts";
import type { PolicyWarning } from "../model/judge.ts";
import type { PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { readExpansions, podControllers, type Expansion } from "./expansion.ts";
import { gapsOf } from "./gaps.ts";
import { problemAt } from "./object-lines.ts";
import { readConstraint, type Constraint } from "./read-constraint.ts";
import { readTemplate, type Template } from "./read-template.ts";
import { textAt } from "./values.ts";

/** Gatekeeper's policies, as objects declare them. */
export interface GatekeeperPolicies {
  readonly templates: readonly Template[];
  readonly constraints: readonly Constraint[];
  readonly expansions: readonly Expansion[];
  readonly problems: readonly Problem[];
  /** What only a cluster knows or does. */
  readonly gaps: readonly PolicyWarning[];
}

/** Reads the templates, constraints and ExpansionTemplates among policy objects. What is wrong in one does not touch the others. */
export function readGatekeeper(objects: readonly PolicyObject[]): GatekeeperPolicies {
  const problems: Problem[] = [];
  const distinct = onlyOnce(objects, problems);
  const templates = new Map<string, Template>();
  const refused = new Set<string>();
  for (const object of inGroup(distinct, "templates.gatekeeper.sh")) {
    const reading = readTemplate(object);
    const kind = textAt(object.value, "spec", "crd", "spec", "names", "kind") ?? "";
    if (reading.kind === "template") templates.set(kind, reading.template);
    else {
      problems.push(...reading.problems);
      refused.add(kind);
    }
  }
  const constraints = inGroup(distinct, "constraints.gatekeeper.sh").flatMap((object): readonly Constraint[] => {
    const kind = textAt(object.value, "kind") ?? "";
    const template = templates.get(kind);
    if (template === undefined) {
      if (!refused.has(kind))
        problems.push(problemAt(object, "/kind", `no ConstraintTemplate among the policies makes the kind ${kind}`));
      return [];
    }
    const reading = readConstraint(object, template);
    problems.push(...reading.problems);
    return reading.problems.length > 0 ? [] : [reading.constraint];
  });
  const expanding = readExpansions(inGroup(distinct, "expansion.gatekeeper.sh"));
  problems.push(...expanding.problems);
  return {
    templates: [...templates.values()],
    constraints,
    expansions: expanding.expansions.length > 0 ? expanding.expansions : podControllers,
    problems,
    gaps: gapsOf(distinct, [...templates.values()], constraints),
  };
}

function inGroup(objects: readonly PolicyObject[], group: string): readonly PolicyObject[] {
  return objects.filter(({ value }) => textAt(value, "apiVersion")?.startsWith(`${group}/`) === true);
}

/** An object that several files hold counts once. Two with one name and different content are a problem: one would win. */
function onlyOnce(objects: readonly PolicyObject[], problems: Problem[]): readonly PolicyObject[] {
  const known = new Map<string, PolicyObject>();
  return objects.filter((object) => {
    const { value } = object;
    const group = (textAt(value, "apiVersion") ?? "").split("/")[0];
    const kind = textAt(value, "kind") ?? "";
    const name = textAt(value, "metadata", "name") ?? "";
    const key = JSON.stringify([group, kind, textAt(value, "metadata", "namespace"), name]);
    const other = known.get(key);
    if (other === undefined) {
      known.set(key, object);
      return true;
    }
    if (canonicalJson(other.value) !== canonicalJson(value))
      problems.push(
        problemAt(
          object,
          "/metadata",
          `${kind} ${name} is also in ${other.path}, with other content; keep one of them`,
        ),
      );
    return false;
  });
}
