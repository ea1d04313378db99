import { dump } from "js-yaml";
import type { Random } from "./random.ts";

/** Plain data that is changed in place while a pull request is made. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Draft = { [key: string]: any };

export const here = "https://github.com/acme/fleet";

export function yaml(...objects: readonly unknown[]): string {
  return objects.map((object) => dump(object, { lineWidth: -1, noRefs: true })).join("---\n");
}

/** A copy that may be changed. */
export function copyOf(object: Draft): Draft {
  return JSON.parse(JSON.stringify(object)) as Draft;
}

const podSpecs: { readonly [kind: string]: readonly string[] } = {
  Deployment: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  Rollout: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
  Pod: ["spec"],
};
const versions: { readonly [kind: string]: string } = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  DaemonSet: "apps/v1",
  Rollout: "argoproj.io/v1alpha1",
  Job: "batch/v1",
  CronJob: "batch/v1",
  Pod: "v1",
};

/** The pod spec of a workload, or of a patch of one: made where it is missing. */
export function podSpecOf(workload: Draft): Draft {
  let at = workload;
  for (const key of podSpecs[workload["kind"] as string] ?? ["spec"]) at = at[key] ??= {};
  return at;
}

export function isWorkload(object: unknown): object is Draft {
  return typeof object === "object" && object !== null && ((object as Draft)["kind"] as string) in podSpecs;
}

/** A workload that no policy finds anything in. */
export function workload(random: Random, name: string, namespace: string | undefined): Draft {
  const kind = random.pick(Object.keys(podSpecs));
  const labels = { app: name };
  const pod = { containers: [{ name: "main", image: "nginx:1.0" }] as Draft[] };
  const template = { metadata: { labels }, spec: pod };
  const never = { ...template, spec: { ...pod, restartPolicy: "Never" } };
  const specs: { readonly [kind: string]: Draft } = {
    Job: { template: never },
    CronJob: { schedule: "0 0 * * *", jobTemplate: { spec: { template: never } } },
    Pod: pod,
  };
  return {
    apiVersion: versions[kind],
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels },
    spec: specs[kind] ?? { selector: { matchLabels: labels }, template },
  };
}

/** Objects beside the workload. */
export function companion(random: Random, name: string, namespace: string | undefined): Draft {
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  return random.pick<Draft>([
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { color: "blue" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: name }, ports: [{ port: 80 }] } },
  ]);
}

/** What patches a workload by its name. */
export function patchOf({ apiVersion, kind, metadata }: Draft, change: (patch: Draft) => void): Draft {
  const { name, namespace } = metadata;
  const patch: Draft = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
  change(patch);
  return patch;
}
