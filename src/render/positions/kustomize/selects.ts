import { isObject } from "../../../manifest/identity.ts";
import { member } from "../../../manifest/member.ts";
import type { Json } from "../../../model/json.ts";
import { textAt, type Subject } from "./subject.ts";

/** Whether a target of a patch or replacement may mean the object: Kustomize's selector, with names that it has had. */
export function selects(target: Json | undefined, { object, names }: Subject): boolean {
  if (!isObject(target)) return false;
  const { identity, value } = object;
  const version = textAt(value, "apiVersion")?.split("/").at(-1) ?? "";
  const metadata = value["metadata"];
  return (
    matches(target["kind"], [identity.kind]) &&
    matches(target["group"], [identity.group]) &&
    matches(target["version"], [version]) &&
    matches(target["name"], [...names]) &&
    matches(target["namespace"], [identity.namespace ?? "", "", "default"]) &&
    chosen(target["labelSelector"], member(metadata, "labels")) &&
    chosen(target["annotationSelector"], member(metadata, "annotations"))
  );
}

// Selectors are regular expressions over the whole text.
function matches(pattern: Json | undefined, candidates: readonly string[]): boolean {
  if (pattern === undefined || pattern === null || pattern === "") return true;
  if (typeof pattern !== "string") return false;
  if (candidates.includes(pattern)) return true;
  try {
    const expression = new RegExp(`^(?:${pattern})$`);
    return candidates.some((candidate) => expression.test(candidate));
  } catch {
    return false;
  }
}

function chosen(selector: Json | undefined, pairs: Json | undefined): boolean {
  if (typeof selector !== "string" || selector === "") return true;
  return selector.split(/,(?![^(]*\))/).every((requirement) => {
    const [, key = "", operator, wanted = ""] = /^\s*([^\s=!]+)\s*(?:(==?|!=)\s*(\S*))?\s*$/.exec(requirement) ?? [];
    const value = member(pairs, key);
    if (operator === undefined) return key === "" || value !== undefined;
    return (value === wanted) === (operator !== "!=");
  });
}
