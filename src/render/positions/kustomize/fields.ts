import { member } from "../../../manifest/member.ts";
import { pointerOf } from "../../../manifest/pointer.ts";
import { itemsOf } from "./layers.ts";
import { placeIn, textAt, type FindCause } from "./subject.ts";

/** `images`: the tag or digest that it sets, the new name where it sets no more. */
export const imagesCause: FindCause = (layer, { keys, value }) => {
  if (typeof value !== "string" || keys.at(-1) !== "image") return undefined;
  for (const [at, entry] of itemsOf(layer.value["images"]).entries()) {
    const [name, newName, tag, digest] = ["name", "newName", "newTag", "digest"].map((field) => textAt(entry, field));
    if (nameOfImage(value) !== (newName ?? name)) continue;
    const ending =
      digest !== undefined && digest !== "" ? `@${digest}` : tag !== undefined && tag !== "" ? `:${tag}` : "";
    if (!value.endsWith(ending)) continue;
    const written = [
      ...(newName === undefined ? [] : ["newName"]),
      ...(ending.startsWith("@") ? ["digest"] : ending === "" ? [] : ["newTag"]),
    ];
    if (written.length === 0) continue;
    return placeIn(layer, pointerOf(["images", at, ...(written.length === 1 ? written : [])]));
  }
  return undefined;
};

function nameOfImage(image: string): string {
  const [name = ""] = image.split("@");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/") ? name.slice(0, colon) : name;
}

export const replicasCause: FindCause = (layer, { keys, value, names }) => {
  if (keys.at(-1) !== "replicas") return undefined;
  const at = itemsOf(layer.value["replicas"]).findIndex(
    (entry) => names.has(textAt(entry, "name") ?? "") && member(entry, "count") === value,
  );
  return at < 0 ? undefined : placeIn(layer, pointerOf(["replicas", at, "count"]));
};

export const annotationsCause: FindCause = (layer, { keys, value }) => {
  const [field, name] = keys.slice(-2);
  if (field !== "annotations" || name === undefined) return undefined;
  if (member(layer.value["commonAnnotations"], name) !== value) return undefined;
  return placeIn(layer, pointerOf(["commonAnnotations", name]));
};

const labelHolders = ["labels", "matchLabels", "selector"];

export const labelsCause: FindCause = (layer, { keys, value }) => {
  const [field, name] = keys.slice(-2);
  if (typeof field !== "string" || name === undefined || !labelHolders.includes(field)) return undefined;
  if (member(layer.value["commonLabels"], name) === value) return placeIn(layer, pointerOf(["commonLabels", name]));
  const own = keys.length === 3 && keys[0] === "metadata";
  const at = itemsOf(layer.value["labels"]).findIndex((entry) => {
    const wide =
      member(entry, "includeSelectors") === true ||
      (field === "labels" && member(entry, "includeTemplates") === true) ||
      itemsOf(member(entry, "fields")).length > 0;
    return (own || wide) && member(member(entry, "pairs"), name) === value;
  });
  return at < 0 ? undefined : placeIn(layer, pointerOf(["labels", at, "pairs", name]));
};

/** A name with a prefix or suffix: the line of that; of the outermost, as layers are asked from there. */
export const affixCause: FindCause = (layer, { keys, value, own }) => {
  if (keys.length !== 2 || keys[0] !== "metadata" || keys[1] !== "name" || typeof value !== "string") return undefined;
  const named = member(member(own, "metadata"), "name");
  if (named === value) return undefined;
  const prefix = textAt(layer.value, "namePrefix");
  if (prefix !== undefined && prefix !== "" && value.startsWith(prefix)) return placeIn(layer, "/namePrefix");
  const suffix = textAt(layer.value, "nameSuffix");
  if (suffix !== undefined && suffix !== "" && value.includes(suffix)) return placeIn(layer, "/nameSuffix");
  return undefined;
};

export const namespaceCause: FindCause = (layer, { keys, value, object }) => {
  const isOwn = keys.length === 2 && keys[0] === "metadata" && keys[1] === "namespace";
  const isNamespace = object.identity.kind === "Namespace" && keys.length === 2 && keys[1] === "name";
  const isSubject = keys[0] === "subjects" && keys.at(-1) === "namespace";
  if (!isOwn && !isNamespace && !isSubject) return undefined;
  return layer.value["namespace"] === value ? placeIn(layer, "/namespace") : undefined;
};
