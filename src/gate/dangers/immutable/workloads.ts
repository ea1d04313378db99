import { valueAt, type Path } from "../differences.ts";
import { fixed, type Fixed, type ImmutableRule, type Update } from "./rule.ts";
import { isObject } from "../../../manifest/identity.ts";

/** The selector of an apps/v1 Deployment, DaemonSet or ReplicaSet cannot change. */
export const selector: ImmutableRule = (update) => fixed(update, ["spec", "selector"]);

const ofStatefulSets = [
  "minReadySeconds",
  "ordinals",
  "persistentVolumeClaimRetentionPolicy",
  "replicas",
  "template",
  "updateStrategy",
];

/** A StatefulSet may change only a short list of fields; `revisionHistoryLimit` since 1.33. */
export const statefulSet: ImmutableRule = (update) => {
  const mutable = new Set(ofStatefulSets);
  if (update.minor === undefined || update.minor >= 33) mutable.add("revisionHistoryLimit");
  const fields = new Set([...keysOf(update.before), ...keysOf(update.after)]);
  const unless = "delete it with --cascade=orphan and let it be recreated; its Pods keep running";
  return [...fields]
    .filter((field) => !mutable.has(field))
    .flatMap((field) => fixed(update, ["spec", field], { unless }));
};

/** The template of a Job cannot change; the completions of an indexed Job may, together with its parallelism. */
export const job: ImmutableRule = (update) => {
  // It is deleted after it has run and then created again.
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

/** Whether a suspended Job may change this field: scheduling and resources of its Pods. */
function isForScheduling(place: Path): boolean {
  const path = place.join("/");
  return /^(?:metadata\/(?:labels|annotations)|spec\/(?:affinity|nodeSelector|tolerations|schedulingGates)|spec\/(?:initC|c)ontainers\/\d+\/resources)(?:\/|$)/.test(
    path,
  );
}

/** A Pod may change only images, tolerations and deadlines. */
export const pod: ImmutableRule = (update) =>
  fixed(update, ["spec"], {
    except: (place) =>
      /^(?:(?:initC|c)ontainers\/\d+\/image|tolerations|activeDeadlineSeconds|schedulingGates|ephemeralContainers)(?:\/|$)/.test(
        place.join("/"),
      ),
    unless: "delete the Pod first, or let a Deployment create it",
  });

function keysOf(manifest: Update["before"]): readonly string[] {
  const spec = manifest["spec"];
  return isObject(spec) ? Object.keys(spec) : [];
}
