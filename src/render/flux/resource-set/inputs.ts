import type { Json, JsonObject } from "../../../model/json.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { GitOpsObject, PlanContext } from "../../gitops.ts";
import { fieldAt, flagAt, objectAt, objectsAt, textAt, textMapAt, textsAt } from "../fields.ts";
import { namespaceOf, only } from "../find-object.ts";

/** The sets of values that the templates of a ResourceSet are filled with. */
export interface ResourceInputs {
  readonly sets: readonly JsonObject[];
  /** Inputs that the tree does not tell. */
  readonly unknown: readonly string[];
  /** Why the operator would refuse them. */
  readonly refused?: string;
  /** Some have an id that is made of the UID of an object in the cluster: another one stands in for it. */
  readonly isGuessed: boolean;
  readonly reads: readonly string[];
}

const group = "fluxcd.controlplane.io";
const apiVersion = `${group}/v1`;

/** Reads the inputs of a ResourceSet and of its providers of type Static. `mark` tells apart the ids that stand in. */
export function resourceInputs(object: GitOpsObject, context: PlanContext, mark = ""): ResourceInputs {
  const { value } = object.manifest;
  const refused = refusal(value);
  if (refused !== undefined) return { sets: [], unknown: [], refused, isGuessed: false, reads: [] };
  const own = objectsAt(value, "spec", "inputs").map(({ item }) => withProvider(item, object.manifest, "ResourceSet"));
  const found = providersOf(object, context);
  const sources = [{ name: object.manifest.identity.name, sets: own }];
  for (const provider of found.providers) {
    const id = adler32(provider.identity.name + mark);
    const values = { ...objectAt(provider.value, "spec", "defaultValues"), id };
    const sets = [withProvider(values, provider, "ResourceSetInputProvider")];
    sources.push({ name: provider.identity.name, sets });
  }
  const rest = {
    unknown: found.unknown,
    isGuessed: found.providers.length > 0,
    reads: found.providers.map(({ position }) => position.path),
  };
  if (textAt(value, "spec", "inputStrategy", "name") !== "Permute")
    return { ...rest, sets: sources.flatMap(({ sets }) => sets) };
  // What is not known would be part of every set.
  if (found.unknown.length > 0) return { ...rest, sets: [] };
  const withEmpty = flagAt(value, "spec", "inputStrategy", "includeEmptyProviders");
  return { ...rest, ...permuted(sources.filter(({ sets }) => withEmpty || sets.length > 0)) };
}

/** What the operator, or the schema of its objects, does not take. */
function refusal(value: JsonObject): string | undefined {
  for (const field of ["inputs", "inputsFrom", "resources", "steps"]) {
    const list = fieldAt(value, "spec", field);
    const isList = Array.isArray(list) && list.length === objectsAt(value, "spec", field).length;
    if (list !== undefined && !isList) return `spec.${field} is not a list of objects`;
  }
  const nameless = objectsAt(value, "spec", "inputsFrom").find(
    ({ item }) => textAt(item, "name") === undefined && objectAt(item, "selector") === undefined,
  );
  if (nameless !== undefined) return `spec.inputsFrom.${nameless.index} needs a name or a selector`;
  const strategy = textAt(value, "spec", "inputStrategy", "name") ?? "Flatten";
  return strategy === "Flatten" || strategy === "Permute" ? undefined : `there is no input strategy ${strategy}`;
}

function withProvider(values: JsonObject, { identity }: Manifest, kind: string): JsonObject {
  const { name, namespace = "default" } = identity;
  return { ...values, provider: { apiVersion, kind, name, namespace } };
}

interface Providers {
  readonly providers: readonly Manifest[];
  readonly unknown: readonly string[];
}

/** The providers that `spec.inputsFrom` names, each once, by name. */
function providersOf(object: GitOpsObject, context: PlanContext): Providers {
  const namespace = namespaceOf(object.manifest);
  const all = context
    .find(object, { group, kind: "ResourceSetInputProvider" })
    .filter((one) => namespaceOf(one) === namespace);
  const wanted = new Map<string, readonly Manifest[]>();
  for (const { item } of objectsAt(object.manifest.value, "spec", "inputsFrom")) {
    const name = textAt(item, "name");
    const selector = objectAt(item, "selector");
    if (name !== undefined)
      wanted.set(name, context.find(object, { group, kind: "ResourceSetInputProvider", namespace, name }));
    else if (selector !== undefined)
      for (const one of all.filter(({ value }) => selects(selector, value)))
        if (!wanted.has(one.identity.name))
          wanted.set(
            one.identity.name,
            all.filter(({ identity }) => identity.name === one.identity.name),
          );
  }
  const providers: Manifest[] = [];
  const unknown: string[] = [];
  for (const [name, manifests] of [...wanted].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const shown = `ResourceSetInputProvider ${namespace}/${name}`;
    const provider = only(manifests);
    if (provider.kind === "missing") unknown.push(`${shown} is not in this repository`);
    else if (provider.kind === "several") unknown.push(`${shown} is declared differently in ${provider.where}`);
    else if (textAt(provider.manifest.value, "spec", "type") !== "Static")
      unknown.push(`${shown} asks a server (${textAt(provider.manifest.value, "spec", "type") ?? "no type"})`);
    else providers.push(provider.manifest);
  }
  return { providers, unknown };
}

/** Whether a label selector of Kubernetes selects an object. */
function selects(selector: JsonObject, object: JsonObject): boolean {
  const labels = textMapAt(object, "metadata", "labels");
  const isEqual = Object.entries(textMapAt(selector, "matchLabels")).every(([key, value]) => labels[key] === value);
  return (
    isEqual &&
    objectsAt(selector, "matchExpressions").every(({ item }) => {
      const label = labels[textAt(item, "key") ?? ""];
      const isListed = label !== undefined && textsAt(item, "values").includes(label);
      switch (textAt(item, "operator") ?? "") {
        case "In":
          return isListed;
        case "NotIn":
          return !isListed;
        case "Exists":
          return label !== undefined;
        case "DoesNotExist":
          return label === undefined;
        default:
          return false;
      }
    })
  );
}

const mostSets = 10_000;

/** Every combination of one set of each source, below the source's name. */
function permuted(
  sources: readonly { readonly name: string; readonly sets: readonly JsonObject[] }[],
): Pick<ResourceInputs, "sets" | "refused"> {
  const named = sources.map(({ name, sets }) => ({ key: asKey(name), name, sets }));
  const nameless = named.find(({ key }) => key === "");
  if (nameless !== undefined)
    return { sets: [], refused: `"${nameless.name}" has no letters or digits to name inputs` };
  const count = named.reduce((product, { sets }) => product * sets.length, 1);
  if (count > mostSets)
    return { sets: [], refused: `inputs have ${count} combinations; at most ${mostSets} are allowed` };
  if (named.length === 0) return { sets: [] };
  let all: readonly { readonly values: JsonObject; readonly parts: readonly string[] }[] = [{ values: {}, parts: [] }];
  for (const { key, sets } of named)
    all = all.flatMap(({ values, parts }) =>
      sets.map((set, index) => ({ values: { ...values, [key]: set }, parts: [...parts, `${key}=${index}`] })),
    );
  return { sets: all.map(({ values, parts }) => ({ ...values, id: adler32(parts.join("/")) })) };
}

/** The name under which a source's inputs are: lower case, words of letters and digits joined by `_`. */
function asKey(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[\s\p{P}]/gu, "_")
    .replaceAll(/[^a-z0-9_]/g, "")
    .split("_")
    .filter((word) => word !== "")
    .join("_");
}

/** The checksum that ids are made of. */
function adler32(text: string): string {
  let [low, high] = [1, 0];
  for (const byte of new TextEncoder().encode(text)) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return String(high * 65_536 + low);
}

/** The text of an annotation. */
export function annotationOf(value: Json, name: string): string | undefined {
  const text = fieldAt(value, "metadata", "annotations", name);
  return typeof text === "string" ? text : undefined;
}
