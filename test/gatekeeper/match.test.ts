import { expect, test } from "@jest/globals";
import type { JsonObject } from "../../src/model/json.ts";
import { matches, type Reviewed } from "../../src/gatekeeper/match.ts";

const pod: Reviewed = {
  object: { metadata: { name: "web-1", namespace: "shop-a", labels: { app: "web" } } },
  group: "",
  kind: "Pod",
  namespace: "shop-a",
  source: "Original",
};
const labelled: Reviewed = { ...pod, namespaceObject: { metadata: { labels: { team: "a" } } } };
const role: Reviewed = {
  object: { metadata: { name: "admin" } },
  group: "rbac.authorization.k8s.io",
  kind: "ClusterRole",
  namespace: undefined,
  source: "Original",
};
const namespace: Reviewed = {
  object: { metadata: { name: "shop-a", labels: { team: "a" } } },
  group: "",
  kind: "Namespace",
  namespace: undefined,
  source: "Original",
};
const generated: Reviewed = { ...pod, source: "Generated" };
const unnamed: Reviewed = { ...pod, object: { metadata: { generateName: "web-", namespace: "shop-a" } } };
const teamA = { namespaceSelector: { matchLabels: { team: "a" } } };

test.each<[string, JsonObject, Reviewed, string]>([
  ["nothing selects all", {}, pod, "yes"],
  ["kinds without groups are of any group", { kinds: [{ kinds: ["ClusterRole"] }] }, role, "yes"],
  ["a kind of another group", { kinds: [{ apiGroups: ["apps"], kinds: ["Pod"] }] }, pod, "no"],
  ["one of several kinds", { kinds: [{ apiGroups: ["apps"] }, { apiGroups: [""], kinds: ["*"] }] }, pod, "yes"],
  ["scope Namespaced", { scope: "Namespaced" }, pod, "yes"],
  ["a Namespace is of the cluster", { scope: "Namespaced" }, namespace, "no"],
  ["scope Cluster", { scope: "Cluster" }, role, "yes"],
  ["a scope that does not exist", { scope: "cluster" }, pod, "yes"],
  ["a prefix of namespaces", { namespaces: ["shop-*"] }, pod, "yes"],
  ["a suffix of namespaces", { namespaces: ["*-b"] }, pod, "no"],
  ["a part of namespaces", { namespaces: ["*op-*"] }, pod, "yes"],
  ["a Namespace by its own name", { namespaces: ["shop-a"] }, namespace, "yes"],
  ["namespaces do not exclude what is in none", { namespaces: ["shop-*"] }, role, "yes"],
  ["excluded namespaces", { excludedNamespaces: ["*-a"] }, pod, "no"],
  ["excluded namespaces and what is in none", { excludedNamespaces: ["*"] }, role, "yes"],
  ["labels", { labelSelector: { matchLabels: { app: "web" } } }, pod, "yes"],
  [
    "an expression",
    { labelSelector: { matchExpressions: [{ key: "app", operator: "NotIn", values: ["web"] }] } },
    pod,
    "no",
  ],
  [
    "NotIn of a label that is missing",
    { labelSelector: { matchExpressions: [{ key: "b", operator: "NotIn", values: ["c"] }] } },
    pod,
    "yes",
  ],
  ["labels of the Namespace", teamA, labelled, "yes"],
  ["labels of a Namespace that is not known", teamA, pod, "unknown"],
  ["not known, and excluded before", { ...teamA, namespaces: ["other"] }, pod, "no"],
  ["not known, and excluded by what is compared later", { ...teamA, name: "other" }, pod, "unknown"],
  ["labels of a Namespace of what is in none", teamA, role, "yes"],
  ["a Namespace by its own labels", teamA, namespace, "yes"],
  ["a name", { name: "web-*" }, pod, "yes"],
  ["a generated name by its prefix", { name: "web-*" }, unnamed, "yes"],
  ["a generated name by its suffix", { name: "*web-" }, unnamed, "no"],
  ["source Original", { source: "Original" }, generated, "no"],
  ["source Generated", { source: "Generated" }, generated, "yes"],
])("%s", (_name, match, reviewed, expected) => {
  expect(matches(match, reviewed)).toBe(expected);
});
