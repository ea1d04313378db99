import { isObject, identityOf } from "../../../manifest/identity.ts";
import type { JsonObject } from "../../../model/json.ts";
import type { Manifest } from "../../../model/manifest.ts";
import type { Fields } from "../fields.ts";
import { readValues } from "../read-values.ts";
import { fillTemplate } from "./fill-template.ts";
import type { Generation, ParameterSet } from "./generation.ts";
import { patchApplication } from "./template-patch.ts";

/** Makes one Application from the template and a parameter set; undefined where a problem was reported to `diagnostics`. */
export async function makeApplication(
  template: JsonObject,
  { parameters }: ParameterSet,
  set: { readonly spec: Fields; readonly manifest: Manifest },
  generation: Generation,
): Promise<Manifest | undefined> {
  const { texts, diagnostics, places } = generation;
  const pointer = `${set.spec.pointer}/template`;
  let application = applicationOf(template);
  if (Object.keys(parameters).length > 0) {
    const outcome = await fillTemplate(application, parameters, texts);
    if (outcome.kind === "failed" || !isObject(outcome.value)) {
      const failed = outcome.kind === "failed" ? outcome : { pointer: "", message: "the template is not an object" };
      diagnostics.problem(pointer + failed.pointer, failed.message);
      return undefined;
    }
    application = withFinalizer(outcome.value, set.spec);
  }
  const written = set.spec.text("templatePatch");
  if (written !== "") {
    const filled = await texts.render([written], parameters);
    const patch = filled.kind === "texts" ? readValues(places.path, filled.texts[0] ?? "") : undefined;
    if (filled.kind === "failed" || patch?.kind === "unreadable") {
      const message = filled.kind === "failed" ? filled.message : patch?.kind === "unreadable" ? patch.message : "";
      diagnostics.problem(`${set.spec.pointer}/templatePatch`, `the patch cannot be read: ${message}`);
      return undefined;
    }
    if (patch?.kind === "object") application = keepProject(patchApplication(application, patch.value), application);
  }
  return manifestOf(application, set.manifest, places.line(pointer));
}

function applicationOf(template: JsonObject): JsonObject {
  const metadata = isObject(template["metadata"]) ? template["metadata"] : {};
  const kept = ["name", "namespace", "labels", "annotations", "finalizers"];
  return {
    metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => kept.includes(key))),
    spec: template["spec"] ?? {},
  };
}

/** Adds Argo CD's finalizer, unless the template has one or the resources are to be preserved. */
function withFinalizer(application: JsonObject, spec: Fields): JsonObject {
  const metadata = isObject(application["metadata"]) ? application["metadata"] : {};
  const finalizers = metadata["finalizers"];
  const has = Array.isArray(finalizers) && finalizers.length > 0;
  if (has || spec.object("syncPolicy")?.flag("preserveResourcesOnDeletion") === true) return application;
  return { ...application, metadata: { ...metadata, finalizers: ["resources-finalizer.argocd.argoproj.io"] } };
}

/** Restores the project: a patch cannot move an Application to another one. */
function keepProject(patched: JsonObject, before: JsonObject): JsonObject {
  const project = isObject(before["spec"]) ? before["spec"]["project"] : undefined;
  const { project: _, ...spec } = isObject(patched["spec"]) ? patched["spec"] : {};
  return { ...patched, spec: project === undefined ? spec : { ...spec, project } };
}

function manifestOf(application: JsonObject, set: Manifest, line: number): Manifest {
  const { namespace: _, ...metadata } = isObject(application["metadata"]) ? application["metadata"] : {};
  const { namespace } = set.identity;
  const value = {
    apiVersion: set.apiVersion,
    kind: "Application",
    metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) },
    spec: application["spec"] ?? {},
  };
  return {
    identity: identityOf(value),
    apiVersion: value.apiVersion,
    value,
    position: { ...set.position, line, pointer: `${set.position.pointer}/spec/template` },
  };
}
