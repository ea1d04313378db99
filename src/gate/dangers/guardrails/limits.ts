import { canonicalJson } from "../../../manifest/canonical-json.ts";
import { isObject } from "../../../manifest/identity.ts";
import type { Json } from "../../../model/json.ts";
import { valueAt, type Path } from "../differences.ts";
import { quantity } from "../quantity.ts";
import { listOf, plain, removed, type GuardrailRule, type Loosened } from "./rule.ts";

/** ResourceQuota: each limit of `spec.hard`. */
export const resourceQuota: GuardrailRule = ({ before, after }) => {
  const now = valueAt(after, ["spec", "hard"]);
  return entriesOf(valueAt(before, ["spec", "hard"])).flatMap(([resource, old]) =>
    raised(old, isObject(now) ? now[resource] : undefined, ["spec", "hard", resource], `the quota of ${resource}`),
  );
};

/** LimitRange: each maximum of each type. */
export const limitRange: GuardrailRule = (update) => {
  const now = listOf(valueAt(update.after, ["spec", "limits"]));
  return listOf(valueAt(update.before, ["spec", "limits"])).flatMap((old): readonly Loosened[] => {
    if (!isObject(old)) return [];
    const type = plain(old["type"]);
    const index = now.findIndex((one) => isObject(one) && one["type"] === old["type"]);
    const one = now[index];
    if (!isObject(one)) return [{ what: `it no longer limits a ${type}`, path: ["spec", "limits"], level: "warn" }];
    return entriesOf(old["max"]).flatMap(([resource, most]) =>
      raised(
        most,
        valueAt(one, ["max", resource]),
        ["spec", "limits", index, "max", resource],
        `the maximum of ${resource} for a ${type}`,
      ),
    );
  });
};

/** PodDisruptionBudget: how many Pods must stay, how many may go. */
export const disruptionBudget: GuardrailRule = ({ before, after }) => {
  const least = valueAt(before, ["spec", "minAvailable"]);
  const most = valueAt(before, ["spec", "maxUnavailable"]);
  const [leastNow, mostNow] = [valueAt(after, ["spec", "minAvailable"]), valueAt(after, ["spec", "maxUnavailable"])];
  const found: Loosened[] = [];
  // One stated as a number and the other as a share cannot be compared.
  if (least !== undefined && leastNow !== undefined && compare(leastNow, least) < 0)
    found.push({
      what: `minAvailable was ${plain(least)} and is ${plain(leastNow)}`,
      path: ["spec", "minAvailable"],
      level: "warn",
    });
  if (most !== undefined && mostNow !== undefined && compare(mostNow, most) > 0)
    found.push({
      what: `maxUnavailable was ${plain(most)} and is ${plain(mostNow)}`,
      path: ["spec", "maxUnavailable"],
      level: "warn",
    });
  return found;
};

/** Standards of Pod Security, from the loosest to the strictest. */
const standards = ["privileged", "baseline", "restricted"];

/** Namespace: the Pod Security Standard that it enforces. */
export const namespace: GuardrailRule = ({ before, after }) => {
  const path = ["metadata", "labels", "pod-security.kubernetes.io/enforce"];
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  if (strictness(old) <= strictness(now)) return [];
  const next = now === undefined ? "enforces none" : `enforces ${plain(now)}`;
  return [{ what: `it enforced the Pod Security Standard ${plain(old)} and now ${next}`, path, level: "deny" }];
};

function strictness(standard: Json | undefined): number {
  return Math.max(0, standards.indexOf(plain(standard)));
}

/** NetworkPolicy: what it isolates, and what it lets through. */
export const networkPolicy: GuardrailRule = (update) => {
  const { before, after } = update;
  const isolates = removed(update, ["spec", "policyTypes"], "it no longer isolates", "warn");
  const opens = ["ingress", "egress"].flatMap((direction): readonly Loosened[] => {
    const old = listOf(valueAt(before, ["spec", direction])).map((rule) => canonicalJson(rule));
    return listOf(valueAt(after, ["spec", direction])).flatMap((rule, index) =>
      old.includes(canonicalJson(rule))
        ? []
        : [{ what: `it has another ${direction} rule`, path: ["spec", direction, index], level: "warn" }],
    );
  });
  const selected = ["matchLabels", "matchExpressions"].flatMap((field): readonly Loosened[] => {
    const path = ["spec", "podSelector", field];
    const [old, now] = [sizeOf(valueAt(before, path)), sizeOf(valueAt(after, path))];
    return now > old ? [{ what: "it selects fewer Pods", path, level: "warn" }] : [];
  });
  return [...isolates, ...opens, ...selected];
};

function raised(old: Json, now: Json | undefined, path: Path, what: string): readonly Loosened[] {
  if (now === undefined) return [{ what: `${what} is removed`, path, level: "warn" }];
  return compare(now, old) > 0 ? [{ what: `${what} was ${plain(old)} and is ${plain(now)}`, path, level: "warn" }] : [];
}

/** Above 0 where the first is more; 0 where they are equal or cannot be compared. */
function compare(a: Json, b: Json): number {
  const [share, other] = [/^(\d+)%$/.exec(plain(a))?.[1], /^(\d+)%$/.exec(plain(b))?.[1]];
  if ((share === undefined) !== (other === undefined)) return 0;
  const [one, two] = [quantity(share ?? a), quantity(other ?? b)];
  return one === undefined || two === undefined ? 0 : one - two;
}

function entriesOf(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isObject(value) ? Object.entries(value) : [];
}

function sizeOf(value: Json | undefined): number {
  return typeof value === "object" && value !== null ? Object.keys(value).length : 0;
}
