import { isObject } from "../../../manifest/identity.ts";
import type { Json } from "../../../model/json.ts";
import { valueAt } from "../differences.ts";
import {
  added,
  listOf,
  lists,
  plain,
  removed,
  without,
  type GuardrailRule,
  type GuardrailUpdate,
  type Loosened,
} from "./rule.ts";

/** RoleBinding and ClusterRoleBinding: who is bound. */
export const binding: GuardrailRule = (update) => added(update, ["subjects"], "it also binds", "warn");

/** Role and ClusterRole: what is granted, as single permissions, so that rules may be split and sorted. */
export const role: GuardrailRule = (update) => {
  const [before, after] = lists(update, ["rules"]);
  const known = before.flatMap(permissions);
  return after.flatMap((rule, index): readonly Loosened[] => {
    const more = permissions(rule).find((one) => !known.some((other) => covers(other, one)));
    if (more === undefined) return [];
    const what = `it also grants ${more[0]} on ${more[2]}${more[1] === "" ? "" : `.${more[1]}`}`;
    return [{ what, path: ["rules", index], level: "warn" }];
  });
};

/** A verb, a group, a resource or URL, and the name of an object or `*`. */
type Permission = readonly [verb: string, group: string, resource: string, name: string];

function permissions(rule: Json): readonly Permission[] {
  if (!isObject(rule)) return [];
  const texts = (field: string): readonly string[] => listOf(rule[field]).map(plain);
  const names = texts("resourceNames").length === 0 ? ["*"] : texts("resourceNames");
  const all: Permission[] = [];
  for (const verb of texts("verbs")) {
    for (const url of texts("nonResourceURLs")) all.push([verb, "", url, "*"]);
    for (const group of texts("apiGroups"))
      for (const resource of texts("resources")) for (const name of names) all.push([verb, group, resource, name]);
  }
  return all;
}

function covers(wide: Permission, narrow: Permission): boolean {
  return wide.every((part, i) => part === "*" || part === narrow[i]);
}

/** AppProject: where it may deploy from and to, and what. */
export const appProject: GuardrailRule = (update) => [
  ...widened(update, ["spec", "sourceRepos"], "it also deploys from"),
  ...widened(update, ["spec", "destinations"], "it also deploys to"),
  ...widened(update, ["spec", "sourceNamespaces"], "it also accepts Applications of"),
  ...widened(update, ["spec", "clusterResourceWhitelist"], "it also allows cluster resources"),
  ...removed(update, ["spec", "clusterResourceBlacklist"], "it no longer forbids a cluster resource", "deny"),
  ...removed(update, ["spec", "namespaceResourceBlacklist"], "it no longer forbids a resource", "deny"),
  ...removed(update, ["spec", "signatureKeys"], "it no longer asks for a signature", "deny"),
  ...removed(update, ["spec", "syncWindows"], "it no longer has a sync window", "warn"),
  ...disappears(update, ["spec", "namespaceResourceWhitelist"], "it no longer limits the resources of Namespaces"),
];

/** An addition with a wildcard removes a limit; any other widens it. */
function widened(update: GuardrailUpdate, path: readonly string[], what: string): readonly Loosened[] {
  const [before, after] = lists(update, path);
  return without(after, before).map((item) => {
    const texts = isObject(item) ? Object.values(item) : [item];
    const shown = texts.filter((text) => typeof text === "string").join(" ");
    return {
      what: `${what} ${shown}`,
      path: [...path, after.indexOf(item)],
      level: texts.includes("*") ? "deny" : "warn",
    };
  });
}

function disappears({ before, after }: GuardrailUpdate, path: readonly string[], what: string): readonly Loosened[] {
  return valueAt(before, path) !== undefined && valueAt(after, path) === undefined
    ? [{ what, path, level: "deny" }]
    : [];
}
