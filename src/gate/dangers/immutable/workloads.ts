import { valueAt, type Path } from "../differences.ts";
import { fixed, type Fixed, type ImmutableRule, type Update } from "./rule.ts";
import { isObject } from "../../../manifest/identity.ts";

/** apps/v1 Deployment, DaemonSet and ReplicaSet: their Pods are found by a selector that must stay. */
export const selector: ImmutableRule = (update) => fixed(update, ["spec", "selector"]);

const ofStatefulSets = [
  "minReadySeconds",
  "ordinals",
  "persistentVolumeClaimRetentionPolicy",
  "replicas",
  "template",
  "updateStrategy",
];

/** Everything but a short list; `revisionHistoryLimit` joined it in 1.33. */
export const statefulSet: ImmutableRule = (update) => {
  const mutable = new Set(ofStatefulSets);
  if (update.minor === undefined || update.minor >= 33) mutable.add("revisionHistoryLimit");
  const fields = new Set([...keysOf(update.before), ...keysOf(update.after)]);
  const unless = "delete it with --cascade=orphan and let it be created anew, its Pods go on";
  return [...fields]
    .filter((field) => !mutable.has(field))
    .flatMap((field) => fixed(update, ["spec", field], { unless }));
};

/** A Job runs once: what it runs cannot change; the count of an indexed Job may, together with its parallelism. */
export const job: ImmutableRule = (update) => {
  // It is gone once it has run, and then created anew.
  if (valueAt(update.before, ["spec", "ttlSecondsAfterFinished"]) !== undefined) return [];
  const indexed = valueAt(update.before, ["spec", "completionMode"]) === "Indexed";
  const fields = [
    "selector",
    "completionMode",
    "podFailurePolicy",
    "backoffLimitPerIndex",
    "managedBy",
    "successPolicy",
  ];
  return [
    ...jobTemplate(update),
    ...(indexed ? [] : fixed(update, ["spec", "completions"])),
    ...fields.flatMap((field) => fixed(update, ["spec", field])),
  ];
};

const unlessJob = "give the Job another name, set ttlSecondsAfterFinished, or let the GitOps tool replace it";

function jobTemplate(update: Update): readonly Fixed[] {
  const suspended = valueAt(update.before, ["spec", "suspend"]) === true;
  const except = suspended ? isForScheduling : undefined;
  return fixed(update, ["spec", "template"], { unless: unlessJob, ...(except === undefined ? {} : { except }) });
}

/** What a Job that has not started may change: where its Pods go, and what they take. */
function isForScheduling(place: Path): boolean {
  const path = place.join("/");
  return /^(?:metadata\/(?:labels|annotations)|spec\/(?:affinity|nodeSelector|tolerations|schedulingGates)|spec\/(?:initC|c)ontainers\/\d+\/resources)(?:\/|$)/.test(
    path,
  );
}

/** A Pod takes new images, tolerations and deadlines, and nothing else. */
export const pod: ImmutableRule = (update) =>
  fixed(update, ["spec"], {
    except: (place) =>
      /^(?:(?:initC|c)ontainers\/\d+\/image|tolerations|activeDeadlineSeconds|schedulingGates|ephemeralContainers)(?:\/|$)/.test(
        place.join("/"),
      ),
    unless: "delete the Pod first, or let a Deployment make it",
  });

function keysOf(manifest: Update["before"]): readonly string[] {
  const spec = manifest["spec"];
  return isObject(spec) ? Object.keys(spec) : [];
}
