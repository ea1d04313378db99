import type { JsonObject, Pointer } from "../../../model/json.ts";
import type { Manifest, SourcePosition } from "../../../model/manifest.ts";
import type { Problem } from "../../../model/problem.ts";
import type { Source } from "../../../model/source.ts";
import type { GitOpsObject, PlanContext, Planned } from "../../gitops.ts";
import type { ObjectsStep } from "../../plan.ts";
import { readFile } from "../../files/read-file.ts";
import { documentsIn, readRendered, type RenderedObject } from "../../rendered-objects.ts";
import { writtenLine } from "../../written-line.ts";
import { fieldAt, objectAt, objectsAt, textAt } from "../fields.ts";
import { commonMetadata, fluxSource, gapOf, problemOf } from "../flux-source.ts";
import { annotationOf, resourceInputs } from "./inputs.ts";

/** Plans what the Flux Operator applies for a ResourceSet: its templates, filled with each of its inputs. */
export async function planResourceSet(object: GitOpsObject, context: PlanContext): Promise<Planned> {
  const inputs = resourceInputs(object, context);
  if (inputs.refused !== undefined) return outcome(object, context, { problems: [problemOf(object, inputs.refused)] });
  const gaps = inputs.unknown.map((what) => `${what}: what its inputs make of the templates is not rendered`);
  const isFilled = inputs.sets.length > 0 || objectsAt(object.manifest.value, "spec", "inputsFrom").length === 0;
  if (!isFilled) return outcome(object, context, { gaps, reads: inputs.reads });
  const filled = await fillAll(object, inputs.sets, context);
  if (filled.kind === "failed") return outcome(object, context, { gaps, problems: [filled.problem] });
  if (inputs.isGuessed) {
    const others = await fillAll(object, resourceInputs(object, context, "-").sets, context);
    if (others.kind !== "filled" || others.texts !== filled.texts)
      gaps.push(
        "templates use the id of a provider's inputs, which only the cluster has: another one stands in for it",
      );
  }
  const step: ObjectsStep = { kind: "objects", objects: filled.objects, finish: commonMetadata(object) };
  return outcome(object, context, { step, gaps: [...gaps, ...copied(filled.objects)], reads: inputs.reads });
}

type Filled =
  | { readonly kind: "filled"; readonly objects: ObjectsStep["objects"]; readonly texts: string }
  | { readonly kind: "failed"; readonly problem: Problem };

/** A list of templates that is filled and deduplicated by itself. */
interface Block {
  readonly pointer: Pointer;
  readonly value: JsonObject;
  readonly name?: string;
}

async function fillAll(object: GitOpsObject, sets: readonly JsonObject[], context: PlanContext): Promise<Filled> {
  const spec = objectAt(object.manifest.value, "spec") ?? {};
  const steps = objectsAt(spec, "steps").map(({ item, index }): Block => ({
    pointer: `/spec/steps/${index}`,
    value: item,
    name: textAt(item, "name") ?? "",
  }));
  if (steps.length > 0 && (fieldAt(spec, "resources") ?? fieldAt(spec, "resourcesTemplate")) !== undefined)
    return failed(
      object,
      "spec.steps stands beside spec.resources or spec.resourcesTemplate, which the operator refuses",
    );
  const empty = steps.find(
    ({ value }) => objectsAt(value, "resources").length === 0 && !textAt(value, "resourcesTemplate"),
  );
  if (empty !== undefined) return failedAt(object, empty.pointer, "has neither resources nor a template", context);
  const objects: ObjectsStep["objects"][number][] = [];
  const texts: string[] = [];
  const stepOf = new Map<string, string>();
  for (const block of steps.length > 0 ? steps : [{ pointer: "/spec", value: spec }]) {
    const filled = await fill(object, block, sets, context);
    if (filled.kind === "failed") return filled;
    texts.push(filled.texts);
    for (const one of filled.objects) {
      const key = keyOf(one.value);
      const known = stepOf.get(key);
      const { name = "" } = block as Block;
      if (known !== undefined && known !== name)
        return failed(object, `${key} is in step ${name} and in step ${known}, which the operator refuses`);
      stepOf.set(key, name);
      objects.push(one);
    }
  }
  return { kind: "filled", objects, texts: texts.join("\0") };
}

/** Fills the templates of one block. An object of the same identity as one before is left out, as `disabled` ones are. */
async function fill(
  object: GitOpsObject,
  { pointer, value }: Block,
  sets: readonly JsonObject[],
  context: PlanContext,
): Promise<Filled> {
  const template = textAt(value, "resourcesTemplate");
  const resources = objectsAt(value, "resources").map(({ item, index }) => ({
    template: item,
    pointer: `${pointer}/resources/${index}`,
  }));
  const all = [
    ...resources,
    ...(template === undefined ? [] : [{ template, pointer: `${pointer}/resourcesTemplate` }]),
  ];
  if (all.length === 0) return { kind: "filled", objects: [], texts: "" };
  const rendered = await context.renderer.resourceSet({ templates: all.map((one) => one.template), inputs: sets });
  if (rendered.kind !== "rendered") {
    const at = rendered.kind === "failed" ? all[rendered.document ?? 0]?.pointer : undefined;
    return failedAt(object, at ?? pointer, `cannot be rendered: ${rendered.message}`, context);
  }
  const objects: ObjectsStep["objects"][number][] = [];
  const seen = new Set<string>();
  for (const [index, one] of all.entries()) {
    const position = await positionOf(object.manifest, one.pointer, context);
    const isResource = index < resources.length;
    for (const text of rendered.answer.texts[index] ?? []) {
      // The operator reads no further than the first document of a resource.
      const reading = readRendered(documentsIn(text).slice(0, isResource ? 1 : undefined));
      if (reading.kind === "unreadable")
        return failedAt(object, one.pointer, `what it renders cannot be read: ${reading.message}`, context);
      if (!isResource && readFile("", new TextEncoder().encode(text)).notManifests.length > 0)
        return failedAt(object, one.pointer, "renders a document that is no object", context);
      const found = reading.objects.filter(isApplied);
      if (isResource && found.length !== 1)
        return failedAt(object, one.pointer, `it renders ${found.length} objects, and not one`, context);
      for (const { value: made } of found) {
        const isPlain = isResource && sets.length === 0;
        const isLeftOut =
          annotationOf(made, "fluxcd.controlplane.io/reconcile") === "disabled" || seen.has(keyOf(made));
        if (isLeftOut && !isPlain) continue;
        seen.add(keyOf(made));
        objects.push({ value: made, position });
      }
    }
  }
  return { kind: "filled", objects, texts: JSON.stringify(rendered.answer.texts) };
}

/** Kustomize's own file is no object of a cluster. */
function isApplied({ identity: { group, kind } }: RenderedObject): boolean {
  return !(group === "kustomize.config.k8s.io" && kind === "Kustomization");
}

function keyOf(value: JsonObject): string {
  const group = /^([^/]*)\//.exec(textAt(value, "apiVersion") ?? "")?.[1] ?? "";
  const [namespace, name] = [textAt(value, "metadata", "namespace"), textAt(value, "metadata", "name")];
  return `${textAt(value, "kind")}${group === "" ? "" : `.${group}`} ${namespace ?? ""}/${name}`;
}

async function positionOf(manifest: Manifest, pointer: Pointer, { tree }: PlanContext): Promise<SourcePosition> {
  const { line } = await writtenLine(manifest, pointer, tree);
  return { ...manifest.position, line, pointer: manifest.position.pointer + pointer };
}

function failed(object: GitOpsObject, message: string): Filled {
  return { kind: "failed", problem: problemOf(object, message) };
}

async function failedAt(
  object: GitOpsObject,
  pointer: Pointer,
  message: string,
  { tree }: PlanContext,
): Promise<Filled> {
  const at = await writtenLine(object.manifest, pointer, tree);
  return { kind: "failed", problem: problemOf(object, `${pointer.slice(1).replaceAll("/", ".")} ${message}`, at) };
}

/** Gaps for data that the operator copies from objects of the cluster. */
function copied(objects: ObjectsStep["objects"]): readonly string[] {
  return objects.flatMap(({ value }) =>
    ["copyFrom", "convertKubeConfigFrom"].flatMap((name) => {
      const from = annotationOf(value, `fluxcd.controlplane.io/${name}`);
      return from === undefined ? [] : [`${keyOf(value)}: data that ${name} takes from ${from} is not known`];
    }),
  );
}

interface Parts {
  readonly step?: ObjectsStep;
  readonly gaps?: readonly string[];
  readonly problems?: readonly Problem[];
  readonly reads?: readonly string[];
}

function outcome(
  object: GitOpsObject,
  context: PlanContext,
  { step, gaps = [], problems = [], reads = [] }: Parts,
): Planned {
  const isSuspended = annotationOf(object.manifest.value, "fluxcd.controlplane.io/reconcile") === "disabled";
  const traits = { prune: true, cascades: true, ...(isSuspended ? { suspended: true } : {}) };
  const { traits: all = {}, ...source } = fluxSource(object, "flux-resourceset", [], traits, context);
  // What a ResourceSet waits for are objects of any kind.
  const { dependsOn: _, ...own } = all;
  const declared: Source = { ...source, traits: own };
  return {
    plans: [
      {
        source: declared,
        steps: step === undefined ? [] : [step],
        gaps: gaps.map((reason) => gapOf(object, reason)),
        ...(reads.length === 0 ? {} : { reads }),
      },
    ],
    children: [],
    gaps: [],
    problems,
    violations: [],
    reads,
  };
}
