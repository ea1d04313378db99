import { isObject } from "../manifest/identity.ts";
import { valueAt } from "../manifest/pointer.ts";
import type { JsonObject } from "../model/json.ts";
import type { Level, PolicyObject } from "../model/policy.ts";
import type { Problem } from "../model/problem.ts";
import { problemAt } from "./object-lines.ts";
import { levelOfAction } from "./read-constraint.ts";
import { listAt, objectAt, textAt, textsAt } from "./values.ts";

/** How an object that a controller would make is derived from the one that is written. */
export interface Expansion {
  /** The name of the ExpansionTemplate; absent for the controllers of Kubernetes. */
  readonly name?: string;
  readonly applyTo: readonly { readonly group: string; readonly version?: string; readonly kind: string }[];
  /** The keys to the template in the object. */
  readonly source: readonly string[];
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Takes the place of the constraint's. */
  readonly level?: Level;
}

/** An object that a controller would make, with where its values are in the object that is written. */
export interface Expanded {
  readonly expansion: Expansion;
  readonly object: JsonObject;
  /** The keys from the written object to the template. */
  readonly source: readonly string[];
}

const pods = { group: "", version: "v1", kind: "Pod" } as const;

/** The controllers of Kubernetes that make Pods: they are expanded where a policy set has no ExpansionTemplate. */
export const podControllers: readonly Expansion[] = [
  {
    ...pods,
    applyTo: ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"].map((kind) => ({ group: "apps", kind })),
    source: ["spec", "template"],
  },
  { ...pods, applyTo: [{ group: "", kind: "ReplicationController" }], source: ["spec", "template"] },
  { ...pods, applyTo: [{ group: "batch", kind: "Job" }], source: ["spec", "template"] },
  { ...pods, applyTo: [{ group: "batch", kind: "CronJob" }], source: ["spec", "jobTemplate", "spec", "template"] },
];

/** Reads ExpansionTemplates; those that expand what they make, alone or together, are refused as Gatekeeper does. */
export function readExpansions(objects: readonly PolicyObject[]): {
  readonly expansions: readonly Expansion[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const read = objects.map((object): Expansion => {
    const spec = objectAt(object.value, "spec");
    const fault = (pointer: string, message: string): void => void problems.push(problemAt(object, pointer, message));
    const name = textAt(object.value, "metadata", "name") ?? "";
    const source = textAt(spec, "templateSource") ?? "";
    const made = objectAt(spec, "generatedGVK");
    const kind = textAt(made, "kind") ?? "";
    if (name === "" || name.length >= 64)
      fault("/metadata", "an ExpansionTemplate needs a name of less than 64 characters");
    if (source === "")
      fault(
        "/spec",
        "the ExpansionTemplate has no templateSource; expected the path of the template, such as spec.template",
      );
    if (kind === "") fault("/spec", "the ExpansionTemplate has no generatedGVK with the kind that it makes");
    const applyTo = listAt(spec, "applyTo").flatMap((one) =>
      textsAt(one, "groups").flatMap((group) =>
        textsAt(one, "versions").flatMap((version) =>
          textsAt(one, "kinds").map((of) => ({ group, version, kind: of })),
        ),
      ),
    );
    if (applyTo.length === 0)
      fault("/spec", "the ExpansionTemplate applies to nothing; expected groups, versions and kinds below applyTo");
    const action = textAt(spec, "enforcementAction") ?? "";
    const level = levelOfAction(action);
    if (action !== "" && level === undefined)
      fault("/spec/enforcementAction", `enforcementAction is ${JSON.stringify(action)}; expected deny, warn or dryrun`);
    return {
      name,
      applyTo,
      source: source.split("."),
      group: textAt(made, "group") ?? "",
      version: textAt(made, "version") ?? "",
      kind,
      ...(level === undefined ? {} : { level }),
    };
  });
  for (const [at, one] of read.entries()) {
    const object = objects[at];
    if (object !== undefined && reaches(one, one, read, new Set()))
      problems.push(
        problemAt(
          object,
          "/spec/generatedGVK",
          `the ExpansionTemplate expands what it makes (${one.kind}), itself or through others`,
        ),
      );
  }
  return { expansions: read, problems };
}

function reaches(from: Expansion, to: Expansion, all: readonly Expansion[], seen: Set<Expansion>): boolean {
  for (const next of all.filter((one) => applies(one, from.group, from.version, from.kind))) {
    if (next === to) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    if (reaches(next, to, all, seen)) return true;
  }
  return false;
}

function applies(expansion: Expansion, group: string, version: string, kind: string): boolean {
  return expansion.applyTo.some(
    (one) => one.group === group && one.kind === kind && (one.version === undefined || one.version === version),
  );
}

/** What controllers would make of an object, as Gatekeeper's expansion makes it; with a fault where the template is missing. */
export function expand(
  object: JsonObject,
  expansions: readonly Expansion[],
  above: readonly string[] = [],
): { readonly made: readonly Expanded[]; readonly faults: readonly string[] } {
  const [group, version] = groupAndVersion(textAt(object, "apiVersion") ?? "");
  const kind = textAt(object, "kind") ?? "";
  const made: Expanded[] = [];
  const faults: string[] = [];
  for (const expansion of expansions.filter((one) => applies(one, group, version, kind))) {
    const template = valueAt(object, expansion.source);
    if (!isObject(template)) {
      // A controller without a template is no valid object, which its schema reports.
      if (expansion.name !== undefined)
        faults.push(`ExpansionTemplate ${expansion.name} finds no ${expansion.source.join(".")} to expand`);
      continue;
    }
    const source = [...above, ...expansion.source];
    const child = resultant(object, template, expansion);
    const deeper = expand(child, expansions, source);
    made.push(...deeper.made, { expansion, object: child, source });
    faults.push(...deeper.faults);
  }
  return { made, faults };
}

function resultant(parent: JsonObject, template: JsonObject, { group, version, kind }: Expansion): JsonObject {
  const metadata = objectAt(template, "metadata") ?? {};
  const name = textAt(parent, "metadata", "name") ?? textAt(parent, "metadata", "generateName") ?? "";
  const namespace = textAt(parent, "metadata", "namespace");
  const owner = { apiVersion: textAt(parent, "apiVersion") ?? "", kind: textAt(parent, "kind") ?? "", name };
  return {
    ...template,
    apiVersion: group === "" ? version : `${group}/${version}`,
    kind,
    metadata: {
      ...metadata,
      name: `${name}-${kind}`.toLowerCase(),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === "" ? {} : { ownerReferences: [...listAt(metadata, "ownerReferences"), owner] }),
    },
  };
}

function groupAndVersion(apiVersion: string): readonly [string, string] {
  const slash = apiVersion.indexOf("/");
  return slash === -1 ? ["", apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
}
