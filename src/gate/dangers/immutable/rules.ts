import { customResourceDefinition, priorityClass, roleRef, runtimeClass } from "./cluster.ts";
import { configMap, secret } from "./content.ts";
import type { ImmutableRule } from "./rule.ts";
import { ingressClass, service } from "./services.ts";
import { persistentVolumeClaim, storageClass } from "./storage.ts";
import { job, pod, selector, statefulSet } from "./workloads.ts";

/**
 * The immutability rules by group and kind, from the update validation of the API server (pkg/apis/…/validation
 * of Kubernetes 1.32 to 1.35).
 */
export const immutableRules: { readonly [groupKind: string]: ImmutableRule } = {
  "/ConfigMap": configMap,
  "/PersistentVolumeClaim": persistentVolumeClaim,
  "/Pod": pod,
  "/Secret": secret,
  "/Service": service,
  "apiextensions.k8s.io/CustomResourceDefinition": customResourceDefinition,
  "apps/DaemonSet": selector,
  "apps/Deployment": selector,
  "apps/ReplicaSet": selector,
  "apps/StatefulSet": statefulSet,
  "batch/Job": job,
  "networking.k8s.io/IngressClass": ingressClass,
  "node.k8s.io/RuntimeClass": runtimeClass,
  "rbac.authorization.k8s.io/ClusterRoleBinding": roleRef,
  "rbac.authorization.k8s.io/RoleBinding": roleRef,
  "scheduling.k8s.io/PriorityClass": priorityClass,
  "storage.k8s.io/StorageClass": storageClass,
};
