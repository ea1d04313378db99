import type { GitOpsObject, PlanContext } from "../gitops.ts";
import type { Substitution } from "../plan.ts";
import { isGateOpen } from "./feature-gates.ts";
import { flagAt, objectAt, objectsAt, textAt, textMapAt } from "./fields.ts";
import { namespaceOf, readData } from "./find-object.ts";

export interface SubstitutionReading {
  /** Absent where nothing is substituted. */
  readonly substitute?: Substitution;
  /** What would set variables and cannot be told from the tree. */
  readonly unknown: readonly string[];
  /** Names that Flux refuses, so that nothing is applied. */
  readonly refused: readonly string[];
  /** Files of the objects that variables come from. */
  readonly reads: readonly string[];
}

/** Reads the variables of `spec.postBuild`: those of ConfigMaps and Secrets in order, then the inline ones; later ones win. */
export function readSubstitution(
  object: GitOpsObject,
  environments: readonly string[],
  context: PlanContext,
): SubstitutionReading {
  const { manifest } = object;
  const postBuild = objectAt(manifest.value, "spec", "postBuild");
  if (postBuild === undefined) return { unknown: [], refused: [], reads: [] };
  const variables = new Map<string, string>();
  const unknown: string[] = [];
  const absent: string[] = [];
  const reads: string[] = [];
  const set = (data: { readonly [name: string]: string }): void => {
    for (const [name, value] of Object.entries(data)) variables.set(name, value.replaceAll("\n", ""));
  };
  for (const { item } of objectsAt(postBuild, "substituteFrom")) {
    const [kind, name] = [textAt(item, "kind"), textAt(item, "name")];
    if (name === undefined || (kind !== "ConfigMap" && kind !== "Secret")) continue;
    const reading = readData(object, { kind, name }, context);
    if (reading.kind === "data") {
      set(reading.data);
      reads.push(reading.manifest.position.path);
    } else if (reading.missing && flagAt(item, "optional")) absent.push(`${kind} ${namespaceOf(manifest)}/${name}`);
    else unknown.push(reading.reason);
  }
  set(textMapAt(postBuild, "substitute"));
  if (unknown.length > 0 || absent.length > 0)
    for (const environment of environments)
      for (const [name, value] of Object.entries(context.config.environments[environment]?.substitutions ?? {}))
        if (!variables.has(name)) variables.set(name, value);
  const refused = [...variables.keys()].filter((name) => !/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name));
  const always = textAt(postBuild, "substituteStrategy") === "Always";
  const isOpen = unknown.length > 0 || absent.length > 0;
  // Without any variable Flux substitutes nothing; an object that only the cluster has would bring one.
  if (variables.size === 0 && !always && !isOpen) return { unknown, refused, reads };
  return {
    substitute: {
      variables: Object.fromEntries(variables),
      ...(isOpen ? { keepUnknown: true } : {}),
      ...(absent.length > 0 ? { absent } : {}),
      ...(isGateOpen(object, "kustomize-controller", "StrictPostBuildSubstitutions", context) ? { strict: true } : {}),
    },
    unknown,
    refused,
    reads,
  };
}
