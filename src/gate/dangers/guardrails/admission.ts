import { canonicalJson } from "../../../manifest/canonical-json.ts";
import { isObject } from "../../../manifest/identity.ts";
import { valueAt } from "../differences.ts";
import {
  appears,
  leaves,
  listOf,
  removed,
  without,
  type GuardrailRule,
  type GuardrailUpdate,
  type Loosened,
} from "./rule.ts";

/** ValidatingAdmissionPolicy and MutatingAdmissionPolicy: what they refuse, and of what. */
export const admissionPolicy: GuardrailRule = (update) =>
  orChanged(update, [
    ...leaves(update, ["spec", "failurePolicy"], ["Fail"], "deny"),
    ...removed(update, ["spec", "validations"], "it no longer has the validation", "deny"),
    ...(fewer(update, ["spec", "matchConstraints", "resourceRules"])
      ? removed(
          update,
          ["spec", "matchConstraints", "resourceRules"],
          "it no longer matches all resources it matched",
          "deny",
        )
      : []),
    ...appears(update, ["spec", "matchConditions"], "it now has conditions under which it asks nothing", "deny"),
    ...appears(update, ["spec", "matchConstraints", "excludeResourceRules"], "it now excludes resources", "deny"),
    ...appears(update, ["spec", "matchConstraints", "namespaceSelector"], "it now selects Namespaces", "deny"),
    ...appears(update, ["spec", "matchConstraints", "objectSelector"], "it now selects objects", "deny"),
  ]);

/** The bindings of admission policies: whether a violation is refused, and where. */
export const admissionBinding: GuardrailRule = (update) =>
  orChanged(update, [
    ...removed(update, ["spec", "validationActions"], "it no longer has the action", "deny"),
    ...appears(update, ["spec", "matchResources"], "it now applies only to the resources it matches", "deny"),
  ]);

/** Webhook configurations, webhook by webhook. */
export const webhooks: GuardrailRule = (update) => {
  const { before, after } = update;
  const gone = removed(update, ["webhooks"], "it no longer calls the webhook", "deny");
  const now = listOf(after["webhooks"]);
  const looser = listOf(before["webhooks"]).flatMap((old) => {
    const index = now.findIndex((one) => isObject(one) && isObject(old) && one["name"] === old["name"]);
    const one = now[index];
    if (!isObject(old) || !isObject(one)) return [];
    const pair = { before: old, after: one };
    return [
      ...leaves(pair, ["failurePolicy"], ["Fail"], "deny"),
      ...(fewer(pair, ["rules"]) ? removed(pair, ["rules"], "it no longer asks about all it asked about", "deny") : []),
      ...appears(pair, ["matchConditions"], "it now has conditions under which it asks nothing", "deny"),
      ...appears(pair, ["namespaceSelector"], "it now selects Namespaces", "deny"),
      ...appears(pair, ["objectSelector"], "it now selects objects", "deny"),
    ].map((found): Loosened => ({ ...found, path: ["webhooks", index, ...found.path] }));
  });
  return [...gone, ...looser];
};

/** Kyverno's policies of every kind. */
export const kyvernoPolicy: GuardrailRule = (update) =>
  orChanged(update, [
    ...leaves(update, ["spec", "validationFailureAction"], ["Enforce", "enforce"], "deny"),
    ...leaves(update, ["spec", "failurePolicy"], ["Fail"], "deny"),
    ...leaves(update, ["spec", "admission"], [true], "deny"),
    ...removed(update, ["spec", "rules"], "it no longer has the rule", "deny"),
    ...removed(update, ["spec", "validationActions"], "it no longer has the action", "deny"),
    ...removed(update, ["spec", "validations"], "it no longer has the validation", "deny"),
    ...appears(update, ["spec", "matchConditions"], "it now has conditions under which it asks nothing", "deny"),
    ...rulesOfKyverno(update),
  ]);

const rulesOfKyverno: GuardrailRule = ({ before, after }) => {
  const now = listOf(valueAt(after, ["spec", "rules"]));
  return listOf(valueAt(before, ["spec", "rules"])).flatMap((old) => {
    const index = now.findIndex((one) => isObject(one) && isObject(old) && one["name"] === old["name"]);
    const one = now[index];
    if (!isObject(old) || !isObject(one)) return [];
    const pair = { before: old, after: one };
    return [
      ...leaves(pair, ["validate", "failureAction"], ["Enforce", "enforce"], "deny"),
      ...appears(pair, ["exclude"], "its rule now excludes objects", "deny"),
      ...appears(pair, ["preconditions"], "its rule now has preconditions", "deny"),
    ].map((found): Loosened => ({ ...found, path: ["spec", "rules", index, ...found.path] }));
  });
};

/** Gatekeeper's constraints. */
export const constraint: GuardrailRule = (update) => {
  // Without the field a constraint denies.
  const { before, after } = update;
  const path = ["spec", "enforcementAction"];
  const [old, now] = [valueAt(before, path) ?? "deny", valueAt(after, path) ?? "deny"];
  const action: readonly Loosened[] =
    old === "deny" && now !== "deny"
      ? [{ what: `spec.enforcementAction was "deny" and is ${JSON.stringify(now)}`, path, level: "deny" }]
      : [];
  return orChanged(update, [
    ...action,
    ...appears(update, ["spec", "match"], "it now applies only to what it matches", "deny"),
    ...["excludedNamespaces", "namespaces", "namespaceSelector", "labelSelector"].flatMap((field) =>
      appears(update, ["spec", "match", field], `it now has match.${field}`, "deny"),
    ),
  ]);
};

/** Templates of Gatekeeper: their Rego is not compared, only that it changes. */
export const constraintTemplate: GuardrailRule = (update) => orChanged(update, []);

/** Where nothing is known to be weaker, reports that what the object admits changes. */
function orChanged({ before, after }: GuardrailUpdate, found: readonly Loosened[]): readonly Loosened[] {
  if (found.length > 0 || canonicalJson(before["spec"] ?? null) === canonicalJson(after["spec"] ?? null)) return found;
  return [{ what: "what it admits changes", path: ["spec"], level: "warn" }];
}

/** Whether items leave a list and none comes instead: an item that is only rewritten is no narrower list. */
function fewer({ before, after }: GuardrailUpdate, path: readonly (string | number)[]): boolean {
  const [old, now] = [listOf(valueAt(before, path)), listOf(valueAt(after, path))];
  return without(old, now).length > 0 && without(now, old).length === 0;
}
