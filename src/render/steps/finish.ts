import { isObject } from "../../manifest/identity.ts";
import { toJsonText } from "../../manifest/json-text.ts";
import { sameJson } from "../../manifest/same-json.ts";
import type { JsonObject } from "../../model/json.ts";
import type { RenderOutcome, Renderer } from "../../model/renderer.ts";
import type { Scopes } from "../crd-scopes.ts";
import { escapeUnknown } from "../flux/unknown-variables.ts";
import type { Finish, Substitution } from "../plan.ts";
import { documentsIn, readRendered, type RenderedObject } from "../rendered-objects.ts";

/** One printed document, and the index of the rendered document that it was made from. */
export interface FinishedDocument {
  readonly text: string;
  readonly from: number | undefined;
  /** The index of the document that the last kustomization made it from. */
  readonly input?: number;
  /** Keys that the tool printed twice, where the text no longer does. */
  readonly repeatedKeys?: readonly string[];
}

export type Finished =
  | {
      readonly kind: "finished";
      readonly documents: readonly FinishedDocument[];
      readonly changed: boolean;
      /** Variables that nothing sets and that have no default, sorted; they stay as they are written. */
      readonly unknown?: readonly string[];
    }
  | { readonly kind: "failed"; readonly outcome: Exclude<RenderOutcome<never>, { readonly kind: "rendered" }> };

/** Applies to printed documents what the GitOps tool does after rendering. */
export async function finish(
  texts: readonly string[],
  asked: Finish | undefined,
  { renderer, scopes }: { readonly renderer: Renderer; readonly scopes: Scopes },
): Promise<Finished> {
  let documents: readonly FinishedDocument[] = texts.map((text, from) => ({ text, from }));
  if (asked === undefined) return { kind: "finished", documents, changed: false };
  let unknown: readonly string[] = [];
  for (const { kustomization } of asked.kustomizations ?? []) {
    const outcome = await overlay(documents, kustomization, renderer);
    if (outcome.kind === "failed") return outcome;
    documents = outcome.documents;
  }
  if (asked.substitute !== undefined) {
    const outcome = await substituted(documents, asked.substitute, renderer);
    if (outcome.kind === "failed") return outcome;
    documents = outcome.documents;
    unknown = outcome.unknown ?? [];
  }
  if (asked.metadata !== undefined || asked.defaultNamespace !== undefined)
    documents = documents.map((document) => withMetadata(document, asked, scopes));
  return { kind: "finished", documents, changed: true, unknown };
}

async function substituted(
  documents: readonly FinishedDocument[],
  { variables, keepUnknown = false, strict }: Substitution,
  renderer: Renderer,
): Promise<Finished> {
  const asWritten = documents.map(({ text }) => ({ text, variables: {}, unknown: [] }));
  const asked = keepUnknown ? documents.map(({ text }) => escapeUnknown(text, variables)) : asWritten;
  const outcome = await renderer.substitute({
    documents: asked.map(({ text }) => text),
    variables: Object.assign({}, ...asked.map((one) => one.variables), variables),
    ...(strict === undefined ? {} : { strict }),
  });
  if (outcome.kind !== "rendered") return { kind: "failed", outcome };
  const answers = outcome.answer.documents;
  const unknown = new Set<string>();
  const made = documents.map(({ text, from }, at) => {
    const one = asked[at];
    // An object that substitution is disabled for is answered as it was asked, escapes included.
    if (one === undefined || (one.unknown.length > 0 && answers[at] === one.text)) return { text, from };
    for (const name of one.unknown) unknown.add(name);
    return { text: answers[at] ?? text, from };
  });
  return { kind: "finished", documents: made, changed: true, unknown: [...unknown].toSorted() };
}

/** Runs Kustomize over printed documents, each in a file of its own, so that results can be traced to them. */
export async function overlay(
  documents: readonly FinishedDocument[],
  kustomization: JsonObject,
  renderer: Renderer,
): Promise<Finished> {
  const files = new Map<string, Uint8Array>();
  const encoder = new TextEncoder();
  const full = documents.flatMap(({ text }, at) => (isEmpty(text) ? [] : [at]));
  for (const at of full) files.set(`${at}.yaml`, encoder.encode(documents[at]?.text ?? ""));
  const resources = full.map((at) => `${at}.yaml`);
  files.set("kustomization.yaml", encoder.encode(toJsonText({ ...kustomization, resources })));
  const outcome = await renderer.kustomize({ root: "", files });
  if (outcome.kind !== "rendered") return { kind: "failed", outcome };
  const { yaml, origins } = outcome.answer;
  const made = documentsIn(yaml).map((text, at) => {
    const from = Number.parseInt(origins[at]?.path ?? "", 10);
    return Number.isNaN(from) ? { text, from: undefined } : { text, from: documents[from]?.from, input: from };
  });
  return { kind: "finished", documents: made, changed: true };
}

function isEmpty(text: string): boolean {
  return text.split("\n").every((line) => line.trim() === "" || line.trimStart().startsWith("#"));
}

function withMetadata(
  document: FinishedDocument,
  { metadata, defaultNamespace }: Finish,
  scopes: Scopes,
): FinishedDocument {
  const reading = readRendered([document.text], { repeats: true });
  // A document that cannot be read is reported later, when all documents are read.
  if (reading.kind === "unreadable" || reading.objects.length === 0) return document;
  const changed = reading.objects.map((object) => {
    const given = isObject(object.value["metadata"]) ? object.value["metadata"] : {};
    const more = {
      ...merged("labels", given, metadata?.labels),
      ...merged("annotations", given, metadata?.annotations),
      ...(lacksNamespace(object, scopes) && defaultNamespace !== undefined ? { namespace: defaultNamespace } : {}),
    };
    return Object.keys(more).length === 0 ? undefined : { ...object.value, metadata: { ...given, ...more } };
  });
  if (changed.every((value) => value === undefined)) return document;
  const [only = {}, ...others] = changed.map((value, at) => value ?? reading.objects[at]?.value ?? {});
  const value = others.length === 0 ? only : { apiVersion: "v1", kind: "List", items: [only, ...others] };
  const repeatedKeys = reading.objects.flatMap((object) => object.repeatedKeys ?? []);
  return {
    ...document,
    text: withNamespaceLine(document.text, defaultNamespace, value) ?? `${toJsonText(value)}\n`,
    ...(repeatedKeys.length === 0 ? {} : { repeatedKeys }),
  };
}

/** The text with a namespace line added, so that the tool's formatting is kept; undefined where a line cannot express the change. */
function withNamespaceLine(text: string, namespace: string | undefined, value: JsonObject): string | undefined {
  if (namespace === undefined) return undefined;
  const more = text.replace(
    /^metadata:[ \t]*\n([ \t]+)(?=\S)/m,
    (_, indent: string) => `metadata:\n${indent}namespace: ${JSON.stringify(namespace)}\n${indent}`,
  );
  const reading = readRendered([more], { repeats: true });
  const reread = reading.kind === "objects" && reading.objects.length === 1 ? reading.objects[0]?.value : undefined;
  return reread !== undefined && sameJson(reread, value) ? more : undefined;
}

function lacksNamespace({ identity }: RenderedObject, { isClusterScoped }: Scopes): boolean {
  return identity.namespace === undefined && isClusterScoped(identity.group, identity.kind) !== true;
}

function merged(field: string, given: JsonObject, more: JsonObject | undefined): JsonObject {
  if (more === undefined || Object.keys(more).length === 0) return {};
  const held = given[field];
  return { [field]: { ...(isObject(held) ? held : {}), ...more } };
}
