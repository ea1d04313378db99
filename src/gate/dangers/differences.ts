import type { Json, JsonObject } from "../../model/json.ts";
import { quantity } from "./quantity.ts";
import { isObject } from "../../manifest/identity.ts";

/** The keys that lead to a place in a value. */
export type Path = readonly (string | number)[];

/**
 * Defaults that Kubernetes fills in, by key: writing one down changes nothing. From the defaults of the API
 * types (pkg/apis/core, apps, batch, storage, rbac and scheduling of Kubernetes).
 */
const defaults: { readonly [key: string]: readonly Json[] } = {
  apiGroup: ["rbac.authorization.k8s.io"],
  apiVersion: ["v1"],
  completionMode: ["NonIndexed"],
  completions: [1],
  defaultMode: [420],
  dnsPolicy: ["ClusterFirst"],
  enableServiceLinks: [true],
  failureThreshold: [3],
  imagePullPolicy: ["Always", "IfNotPresent"],
  kind: ["PersistentVolumeClaim"],
  path: ["/"],
  periodSeconds: [10],
  podManagementPolicy: ["OrderedReady"],
  preemptionPolicy: ["PreemptLowerPriority"],
  procMount: ["Default"],
  protocol: ["TCP"],
  reclaimPolicy: ["Delete"],
  restartPolicy: ["Always"],
  revisionHistoryLimit: [10],
  schedulerName: ["default-scheduler"],
  scheme: ["HTTP"],
  successThreshold: [1],
  terminationGracePeriodSeconds: [30],
  terminationMessagePath: ["/dev/termination-log"],
  terminationMessagePolicy: ["File"],
  timeoutSeconds: [1],
  type: ["Opaque"],
  volumeBindingMode: ["Immediate"],
  volumeMode: ["Filesystem"],
};

/** Flags without a default of their own, for which Kubernetes tells false from absent. */
const flags = new Set([
  "allowPrivilegeEscalation",
  "automountServiceAccountToken",
  "enableServiceLinks",
  "hostUsers",
  "privileged",
  "readOnlyRootFilesystem",
  "runAsNonRoot",
  "setHostnameAsFQDN",
  "shareProcessNamespace",
]);

/** Keys that Kubernetes derives from others or never reads: they may be on one side only. */
const derived = new Set(["creationTimestamp", "requests", "serviceAccount", "status"]);

/** The paths at which two values differ, in the order of `after`. A default that Kubernetes fills in is not a difference. */
export function differences(before: Json | undefined, after: Json | undefined, key = ""): readonly Path[] {
  if (flags.has(key) && typeof (before ?? after) === "boolean") {
    const [filled] = defaults[key] ?? [null];
    return (before ?? filled) === (after ?? filled) ? [] : [[]];
  }
  if (isNothing(before) && isNothing(after) && !holdsFlag(before) && !holdsFlag(after)) return [];
  if (derived.has(key) && (isNothing(before) || isNothing(after))) return [];
  const [old, now] = [objectOf(before), objectOf(after)];
  if (old !== undefined && now !== undefined) {
    const keys = [...new Set([...Object.keys(now), ...Object.keys(old)])];
    return keys.flatMap((name) => differences(own(old, name), own(now, name), name).map((path) => [name, ...path]));
  }
  if (isNothing(before)) return isFilledIn(key, after) ? [] : [[]];
  if (isNothing(after)) return isFilledIn(key, before) ? [] : [[]];
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.length !== after.length) return [[]];
    return after.flatMap((item: Json, index) =>
      differences(before[index] as Json, item, key).map((path) => [index, ...path]),
    );
  }
  if (before === after || isSameQuantity(before, after)) return [];
  return [[]];
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let here = value;
  for (const key of path) {
    if (Array.isArray(here)) here = (here as readonly Json[])[Number(key)];
    else if (isObject(here)) here = own(here, String(key));
    else return undefined;
  }
  return here;
}

/** Whether Kubernetes treats a value as absent: null, empty, false or 0. */
export function isNothing(value: Json | undefined): value is undefined {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.values(value).every((item) => isNothing(item as Json));
}

function holdsFlag(value: Json | undefined): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => (flags.has(key) && item === false) || holdsFlag(item as Json));
}

/** The object, or an empty one for an absent value. */
function objectOf(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return {};
  return isObject(value) ? value : undefined;
}

function isFilledIn(key: string, value: Json | undefined): boolean {
  return Object.hasOwn(defaults, key) && defaults[key]?.some((known) => known === value) === true;
}

function isSameQuantity(before: Json, after: Json): boolean {
  if (typeof before === "object" || typeof after === "object") return false;
  const [one, other] = [quantity(before), quantity(after)];
  return one !== undefined && one === other;
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
