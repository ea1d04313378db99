import { isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";

/** An edit that `kustomize edit` refuses, with its message. */
export interface EditRefused {
  readonly kind: "refused";
  readonly message: string;
}

export interface Edited {
  readonly kind: "edited";
  readonly kustomization: JsonObject;
}

const done = (kustomization: JsonObject): Edited => ({ kind: "edited", kustomization });
const refused = (message: string): EditRefused => ({ kind: "refused", message });

/** `kustomize edit set image`: replaces entries of the same name and sorts all by name; `*` keeps that part of the old entry. */
export function setImages(kustomization: JsonObject, images: readonly string[]): Edited | EditRefused {
  const wanted = new Map<string, Image>();
  for (const text of images) {
    const image = parseImage(text);
    if (image === undefined) {
      return refused(`image ${JSON.stringify(text)} has none of the forms name:tag, name=new-name:tag and name@digest`);
    }
    wanted.set(image.name, image);
  }
  const old = new Map(
    objectsIn(kustomization["images"] ?? kustomization["imageTags"]).map((one) => [nameOf(one), one]),
  );
  const entries = new Map<string, JsonObject>(old);
  for (const [name, image] of wanted) entries.set(name, imageEntry(image, old.get(name) ?? {}));
  const sorted = [...entries].toSorted(([one], [other]) => compare(one, other)).map(([, entry]) => entry);
  const { imageTags: _, ...rest } = kustomization;
  return done({ ...rest, images: sorted });
}

/** An argument of `kustomize edit set image`; missing parts are empty, `*` keeps the old part. */
interface Image {
  readonly name: string;
  readonly newName: string;
  readonly newTag: string;
  readonly digest: string;
}

/** The name of the image that an argument of `kustomize edit set image` changes. */
export function imageName(text: string): string {
  return parseImage(text)?.name ?? text;
}

function parseImage(text: string): Image | undefined {
  const equals = text.indexOf("=");
  const value = equals === -1 ? text : text.slice(equals + 1);
  // A colon before the first slash belongs to the registry's port, not to the tag.
  const slash = Math.max(0, value.indexOf("/"));
  const at = value.indexOf("@", slash);
  const digest = at === -1 ? "" : value.slice(at + 1);
  const tagged = at === -1 ? value : value.slice(0, at);
  const colon = tagged.indexOf(":", slash);
  const name = colon === -1 ? tagged : tagged.slice(0, colon);
  const newTag = colon === -1 ? "" : tagged.slice(colon + 1);
  if (name === text) return undefined;
  return equals === -1
    ? { name, newName: "", newTag, digest }
    : { name: text.slice(0, equals), newName: name, newTag, digest };
}

function imageEntry({ name, newName, newTag, digest }: Image, old: JsonObject): JsonObject {
  const part = (key: string, value: string): JsonObject => {
    const text = value === "*" ? old[key] : value;
    return text === undefined || text === "" ? {} : { [key]: text };
  };
  return { name, ...part("newName", newName), ...part("newTag", newTag), ...part("digest", digest) };
}

/** `kustomize edit set replicas`. */
export function setReplicas(kustomization: JsonObject, replicas: ReadonlyMap<string, Json>): Edited {
  const entries = new Map(objectsIn(kustomization["replicas"]).map((one) => [nameOf(one), one]));
  for (const [name, count] of replicas) entries.set(name, { name, count });
  const sorted = [...entries].toSorted(([one], [other]) => compare(one, other)).map(([, entry]) => entry);
  return done({ ...kustomization, replicas: sorted });
}

/** `kustomize edit add label` and `add annotation` into a map such as commonLabels; an existing key is replaced only with `force`. */
export function addToMap(
  kustomization: JsonObject,
  field: "commonLabels" | "commonAnnotations",
  added: { readonly [name: string]: string },
  force: boolean,
): Edited | EditRefused {
  const old = isObject(kustomization[field]) ? kustomization[field] : {};
  const taken = force ? undefined : Object.keys(added).find((name) => Object.hasOwn(old, name));
  if (taken !== undefined) return refused(alreadyThere(field === "commonLabels" ? "label" : "annotation", taken));
  return done({ ...kustomization, [field]: { ...old, ...added } });
}

/** `kustomize edit add label --without-selector`: adds to the first entry of `labels` with the same settings, or to a new one. */
export function addLabels(
  kustomization: JsonObject,
  added: { readonly [name: string]: string },
  { force, includeTemplates }: { readonly force: boolean; readonly includeTemplates: boolean },
): Edited | EditRefused {
  const entries = objectsIn(kustomization["labels"]);
  const index = entries.findIndex(
    (entry) => entry["includeSelectors"] !== true && (entry["includeTemplates"] === true) === includeTemplates,
  );
  const entry = entries[index];
  const old = entry !== undefined && isObject(entry["pairs"]) ? entry["pairs"] : {};
  const taken = force ? undefined : Object.keys(added).find((name) => Object.hasOwn(old, name));
  if (taken !== undefined) return refused(alreadyThere("label", taken));
  const changed: JsonObject = {
    ...entry,
    pairs: { ...old, ...added },
    ...(includeTemplates ? { includeTemplates } : {}),
  };
  return done({ ...kustomization, labels: entry === undefined ? [...entries, changed] : entries.with(index, changed) });
}

/** Appends to a list such as patches; an item that a list of components already has is not added again. */
export function append(kustomization: JsonObject, field: string, items: readonly Json[]): Edited | EditRefused {
  const old = kustomization[field] ?? [];
  if (!Array.isArray(old)) return refused(`expected ${field} of the kustomization to be a list`);
  const fresh = items.filter((item) => typeof item !== "string" || !old.includes(item));
  return done({ ...kustomization, [field]: [...old, ...fresh] });
}

function alreadyThere(kind: string, name: string): string {
  return `${kind} ${name} is already in the kustomization; kustomize edit replaces it only with ${kind === "label" ? "forceCommonLabels" : "forceCommonAnnotations"}`;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function nameOf(entry: JsonObject): string {
  return typeof entry["name"] === "string" ? entry["name"] : "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
