import { isObject } from "../manifest/identity.ts";
import type { Json, JsonObject } from "../model/json.ts";
import { podDefaults, podSpecDefaults, sourceDefaults } from "./pod-defaults.ts";
import { each, filled, within } from "./fill.ts";

/**
 * An object of Kubernetes' own kinds with the defaults that the API server sets before admission policies see it. Objects of
 * other kinds stay as they are.
 */
export function withKubernetesDefaults(object: JsonObject): JsonObject {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return object;
  return kinds[`${apiVersion}/${kind}`]?.(object) ?? object;
}

type Defaults = (object: JsonObject) => JsonObject;

const inSpec =
  (defaults: (spec: JsonObject) => JsonObject, status: JsonObject = {}): Defaults =>
  (object) =>
    filled(within(object, "spec", defaults), { status });

/** What makes Pods: its template, and defaults of its own. */
const ofTemplate = (defaults: (spec: JsonObject) => JsonObject, status: JsonObject = {}): Defaults =>
  inSpec((spec) => defaults(within(spec, "template", templateDefaults)), status);

function templateDefaults(template: JsonObject): JsonObject {
  return filled(within(template, "spec", podSpecDefaults), { metadata: {} });
}

const rolling = (strategy: Json | undefined, rollingUpdate: JsonObject): JsonObject => {
  const typed = filled(strategy, { type: "RollingUpdate" });
  return typed["type"] === "RollingUpdate" ? filled(typed, { rollingUpdate }) : typed;
};

const quarter = { maxSurge: "25%", maxUnavailable: "25%" };

const deployment = (spec: JsonObject): JsonObject => ({
  ...filled(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
  strategy: rolling(spec["strategy"], quarter),
});

const daemonSet = (spec: JsonObject): JsonObject => ({
  ...filled(spec, { revisionHistoryLimit: 10 }),
  updateStrategy: rolling(spec["updateStrategy"], { maxSurge: 0, maxUnavailable: 1 }),
});

const claimSpec = (spec: JsonObject): JsonObject => filled(spec, { resources: {}, volumeMode: "Filesystem" });

const statefulSet = (spec: JsonObject): JsonObject => ({
  ...each(
    filled(spec, {
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: "OrderedReady",
      serviceName: "",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    }),
    "volumeClaimTemplates",
    (claim) =>
      filled(within(claim, "spec", claimSpec), {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        status: { phase: "Pending" },
      }),
  ),
  updateStrategy: rolling(spec["updateStrategy"], { maxUnavailable: 1, partition: 0 }),
});

function jobSpec(spec: JsonObject): JsonObject {
  const { completions, parallelism, backoffLimitPerIndex, podFailurePolicy } = spec;
  const policy = isObject(podFailurePolicy)
    ? {
        podFailurePolicy: each(podFailurePolicy, "rules", (rule) =>
          each(rule, "onPodConditions", (one) => filled(one, { status: "True" })),
        ),
      }
    : {};
  return filled(
    { ...spec, ...policy },
    {
      ...(completions === undefined && parallelism === undefined ? { completions: 1 } : {}),
      parallelism: 1,
      backoffLimit: backoffLimitPerIndex === undefined ? 6 : 2_147_483_647,
      completionMode: "NonIndexed",
      manualSelector: false,
      podReplacementPolicy: podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed",
      suspend: false,
    },
  );
}

/** Where an object has no labels of its own, those of its template. */
function labelled(object: JsonObject): JsonObject {
  const { spec, metadata } = object;
  const template = isObject(spec) ? spec["template"] : undefined;
  const labels = isObject(template) && isObject(template["metadata"]) ? template["metadata"]["labels"] : undefined;
  const own = isObject(metadata) ? metadata["labels"] : undefined;
  if (!isObject(labels) || (isObject(own) && Object.keys(own).length > 0)) return object;
  return within(object, "metadata", (one) => ({ ...one, labels }));
}

const cronJob = (spec: JsonObject): JsonObject =>
  within(
    filled(spec, {
      concurrencyPolicy: "Allow",
      failedJobsHistoryLimit: 1,
      successfulJobsHistoryLimit: 3,
      suspend: false,
    }),
    "jobTemplate",
    (job) =>
      filled(
        within(job, "spec", (one) => within(one, "template", templateDefaults)),
        { metadata: {} },
      ),
  );

function serviceSpec(spec: JsonObject): JsonObject {
  const ports = each(spec, "ports", (port) =>
    filled(port, { protocol: "TCP", ...(port["port"] === undefined ? {} : { targetPort: port["port"] }) }),
  );
  const typed = filled(ports, { type: "ClusterIP", sessionAffinity: "None" });
  const isOutside = typed["type"] === "NodePort" || typed["type"] === "LoadBalancer";
  return filled(typed, {
    ...(typed["sessionAffinity"] === "ClientIP"
      ? { sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } } }
      : {}),
    ...(typed["type"] === "ExternalName" ? {} : { internalTrafficPolicy: "Cluster" }),
    ...(isOutside ? { externalTrafficPolicy: "Cluster" } : {}),
    ...(typed["type"] === "LoadBalancer" ? { allocateLoadBalancerNodePorts: true } : {}),
  });
}

function networkPolicySpec(spec: JsonObject): JsonObject {
  const port = (one: JsonObject): JsonObject => each(one, "ports", (inner) => filled(inner, { protocol: "TCP" }));
  const { egress } = spec;
  const hasEgress = Array.isArray(egress) && egress.length > 0;
  return filled(each(each(spec, "ingress", port), "egress", port), {
    policyTypes: hasEgress ? ["Ingress", "Egress"] : ["Ingress"],
  });
}

function secret(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  const encoded = isObject(stringData)
    ? Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, base64(value)]))
    : {};
  const { data } = rest;
  const all = { ...(isObject(data) ? data : {}), ...encoded };
  return filled({ ...rest, ...(Object.keys(all).length === 0 ? {} : { data: all }) }, { type: "Opaque" });
}

function base64(value: Json): string {
  const bytes = new TextEncoder().encode(typeof value === "string" ? value : "");
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

const RBAC = "rbac.authorization.k8s.io";

const roleBinding: Defaults = (object) =>
  each(
    within(object, "roleRef", (ref) => filled(ref, { apiGroup: RBAC })),
    "subjects",
    (subject) => (subject["kind"] === "ServiceAccount" ? subject : filled(subject, { apiGroup: RBAC })),
  );

const webhooks =
  (more: JsonObject): Defaults =>
  (object) =>
    each(object, "webhooks", (webhook) => {
      const { clientConfig } = webhook;
      const service = isObject(clientConfig) ? clientConfig["service"] : undefined;
      const called = isObject(service)
        ? within(webhook, "clientConfig", (one) => ({ ...one, service: filled(service, { port: 443 }) }))
        : webhook;
      return filled(
        each(called, "rules", (rule) => filled(rule, { scope: "*" })),
        {
          failurePolicy: "Fail",
          matchPolicy: "Equivalent",
          namespaceSelector: {},
          objectSelector: {},
          timeoutSeconds: 10,
          ...more,
        },
      );
    });

const autoscaled = { minReplicas: 1 };
const cpu = {
  type: "Resource",
  resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } },
} as const;

const kinds: { readonly [kind: string]: Defaults } = {
  "v1/Pod": podDefaults,
  "v1/ReplicationController": (object) => {
    const labels = labelled(object)["metadata"];
    const own = isObject(labels) ? labels["labels"] : undefined;
    const selector = isObject(own) ? { selector: own } : {};
    return ofTemplate((spec) => filled(spec, { replicas: 1, ...selector }), { replicas: 0 })(labelled(object));
  },
  "v1/Service": inSpec(serviceSpec, { loadBalancer: {} }),
  "v1/PersistentVolumeClaim": inSpec(claimSpec, { phase: "Pending" }),
  "v1/PersistentVolume": inSpec(
    (spec) => filled(sourceDefaults(spec), { persistentVolumeReclaimPolicy: "Retain", volumeMode: "Filesystem" }),
    { phase: "Pending" },
  ),
  "v1/Secret": secret,
  "v1/Namespace": (object) => {
    const { metadata } = object;
    const name = isObject(metadata) ? metadata["name"] : undefined;
    const labels = typeof name === "string" ? { labels: { "kubernetes.io/metadata.name": name } } : {};
    return filled(
      within(object, "metadata", (one) => filled(one, labels)),
      { spec: {}, status: { phase: "Active" } },
    );
  },
  "apps/v1/Deployment": ofTemplate(deployment),
  "apps/v1/ReplicaSet": ofTemplate((spec) => filled(spec, { replicas: 1 }), { replicas: 0 }),
  "apps/v1/StatefulSet": ofTemplate(statefulSet, { availableReplicas: 0, replicas: 0 }),
  "apps/v1/DaemonSet": (object) =>
    ofTemplate(daemonSet, {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    })(
      within(object, "metadata", (one) =>
        filled(one, { annotations: { "deprecated.daemonset.template.generation": "0" } }),
      ),
    ),
  "batch/v1/Job": (object) => ofTemplate(jobSpec)(labelled(object)),
  "batch/v1/CronJob": inSpec(cronJob),
  "networking.k8s.io/v1/NetworkPolicy": (object) => within(object, "spec", networkPolicySpec),
  "networking.k8s.io/v1/Ingress": (object) => filled(object, { status: { loadBalancer: {} } }),
  "autoscaling/v2/HorizontalPodAutoscaler": inSpec((spec) => filled(spec, { ...autoscaled, metrics: [cpu] }), {
    currentMetrics: null,
    desiredReplicas: 0,
  }),
  "autoscaling/v1/HorizontalPodAutoscaler": inSpec(
    (spec) => filled(spec, { ...autoscaled, targetCPUUtilizationPercentage: 80 }),
    { currentReplicas: 0, desiredReplicas: 0 },
  ),
  "policy/v1/PodDisruptionBudget": (object) =>
    filled(object, { status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 } }),
  [`${RBAC}/v1/RoleBinding`]: roleBinding,
  [`${RBAC}/v1/ClusterRoleBinding`]: roleBinding,
  "scheduling.k8s.io/v1/PriorityClass": (object) => filled(object, { preemptionPolicy: "PreemptLowerPriority" }),
  "storage.k8s.io/v1/StorageClass": (object) =>
    filled(object, { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" }),
  "admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration": webhooks({}),
  "admissionregistration.k8s.io/v1/MutatingWebhookConfiguration": webhooks({ reinvocationPolicy: "Never" }),
};
