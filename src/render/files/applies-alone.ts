import { identityOf, isManifest, isObject } from "../../manifest/identity.ts";
import type { Json, JsonObject } from "../../model/json.ts";
import { requiredTexts } from "./required-texts.ts";

const images = (spec: string): string => `${spec}/containers/*/image`;
const workload = [["/spec/selector"], [images("/spec/template/spec")]];

/**
 * Fields without which Kubernetes or the kind's controller refuses an object though no schema asks for them, by group and
 * kind; of each list at least one must be there. `*` stands for every item of a list that has some.
 */
const beyondSchemas: { readonly [kind: string]: readonly (readonly string[])[] } = {
  "/Pod": [[images("/spec")]],
  "/ReplicationController": [[images("/spec/template/spec")]],
  "/Service": [["/spec/ports", "/spec/externalName", "/spec/clusterIP"]],
  "/PersistentVolumeClaim": [["/spec/accessModes"], ["/spec/resources"]],
  "apps/Deployment": workload,
  "apps/StatefulSet": workload,
  "apps/DaemonSet": workload,
  "apps/ReplicaSet": workload,
  "batch/Job": [[images("/spec/template/spec")]],
  "batch/CronJob": [[images("/spec/jobTemplate/spec/template/spec")]],
  "networking.k8s.io/Ingress": [["/spec/rules", "/spec/defaultBackend"]],
  "networking.k8s.io/NetworkPolicy": [["/spec/podSelector"]],
  "autoscaling/HorizontalPodAutoscaler": [["/spec/maxReplicas"]],
  "policy/PodDisruptionBudget": [["/spec/selector"]],
  "apiextensions.k8s.io/CustomResourceDefinition": [["/spec/versions"]],
  "helm.toolkit.fluxcd.io/HelmRelease": [["/spec/chart/spec/sourceRef", "/spec/chartRef"]],
  "kustomize.toolkit.fluxcd.io/Kustomization": [["/spec/sourceRef"]],
  "source.toolkit.fluxcd.io/GitRepository": [["/spec/url"]],
  "source.toolkit.fluxcd.io/HelmRepository": [["/spec/url"]],
  "source.toolkit.fluxcd.io/OCIRepository": [["/spec/url"]],
  "argoproj.io/Application": [["/spec/source", "/spec/sources"], ["/spec/destination"], ["/spec/project"]],
  "argoproj.io/ApplicationSet": [["/spec/generators"], ["/spec/template"]],
};

/**
 * Whether an object could be applied by itself, so that it must be judged even where a kustomization uses it as a patch:
 * anything may deploy its directory. A kind that is not known to require more than a name applies alone with a name.
 */
export function appliesAlone(value: JsonObject): boolean {
  if (!isManifest(value)) return false;
  const { group, kind, name } = identityOf(value);
  if (name === "") return false;
  // Kustomize's own generators and transformers never reach a cluster.
  if (value.apiVersion === "builtin" || group === "kustomize.config.k8s.io") return false;
  if (value["$patch"] === "delete" && Object.keys(value).every((key) => named.has(key))) return false;
  const has = (path: string): boolean => reaches(value, path.split("/").slice(1));
  const kindName = `${group}/${kind}`;
  return (
    (own(requiredTexts, kindName) ?? []).every(has) &&
    (own(beyondSchemas, kindName) ?? []).every((paths) => paths.some(has))
  );
}

function own<Value>(table: { readonly [kind: string]: Value }, kind: string): Value | undefined {
  return Object.hasOwn(table, kind) ? table[kind] : undefined;
}

const named = new Set(["apiVersion", "kind", "metadata", "$patch"]);

function reaches(value: Json | undefined, [step, ...rest]: readonly string[]): boolean {
  if (value === undefined || value === null) return false;
  if (step === undefined) return true;
  if (step === "*") return Array.isArray(value) && value.length > 0 && value.every((item: Json) => reaches(item, rest));
  return isObject(value) && Object.hasOwn(value, step) && reaches(value[step], rest);
}
