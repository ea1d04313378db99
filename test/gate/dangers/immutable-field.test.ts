import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { findingsOf, dangersOf, manifest, source, state } from "./states.ts";

const head = (apiVersion: string, kind: string, metadata = "name: web"): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { ${metadata} }\n`;
const DEPLOYMENT = head("apps/v1", "Deployment");
const STATEFUL = head("apps/v1", "StatefulSet");
const SERVICE = head("v1", "Service");
const JOB = head("batch/v1", "Job");
const CLAIM = head("v1", "PersistentVolumeClaim");
const claimTemplate = (rest: string): string =>
  `volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], ${rest} } }]`;

/** The dangers of an update of one object, without what they have in common. */
function update(before: string | Manifest, after: string | Manifest): readonly string[] {
  const read = (one: string | Manifest): Manifest => (typeof one === "string" ? manifest(one) : one);
  const lines = dangersOf(state([read(before)]), state([read(after)]));
  return lines
    .filter((line) => !line.includes("changes/guardrail"))
    .map((line) => line.replace(/^(\w+) changes\/immutable-field [^:]+: /, "$1 "));
}

const orphan = "; delete it with --cascade=orphan and let it be recreated; its Pods keep running";

test.each<[string, string, readonly string[]]>([
  ["automountServiceAccountToken: false", "", ["automountServiceAccountToken"]],
  ["", "enableServiceLinks: false", ["enableServiceLinks"]],
  ["", "enableServiceLinks: true", []],
  ["hostUsers: true", "hostUsers: false", ["hostUsers"]],
  ["", "securityContext: { runAsNonRoot: false }", ["securityContext.runAsNonRoot"]],
  ["", "securityContext: {}", []],
  ["", "hostNetwork: false", []],
])("in the template of a Job, %s → %s is told from absent as Kubernetes does", (before, after, expected) => {
  const job = (field: string): string => `${JOB}spec: { template: { spec: { ${field} } } }`;
  const changed = update(job(before), job(after)).map(
    (line) => /once the object exists: spec\.(\S+) was/.exec(line)?.[1],
  );
  expect(changed).toEqual(expected);
});

test.each<[string, string, string, string]>([
  [
    "a selector of a Deployment",
    `${DEPLOYMENT}spec: { selector: { matchLabels: { app: web } } }`,
    `${DEPLOYMENT}spec: { selector: { matchLabels: { app: shop } } }`,
    'deny spec.selector cannot be changed once the object exists: matchLabels.app was "web" and would be "shop"',
  ],
  [
    "a label more in a selector",
    `${head("apps/v1", "DaemonSet")}spec: { selector: { matchLabels: { app: web } } }`,
    `${head("apps/v1", "DaemonSet")}spec: { selector: { matchLabels: { app: web, tier: edge } } }`,
    'deny spec.selector cannot be changed once the object exists: matchLabels.tier was absent and would be "edge"',
  ],
  [
    "the service of a StatefulSet",
    `${STATEFUL}spec: { serviceName: web, replicas: 1 }`,
    `${STATEFUL}spec: { serviceName: web-headless, replicas: 2 }`,
    `deny spec.serviceName cannot be changed once the object exists: it was "web" and would be "web-headless"${orphan}`,
  ],
  [
    "the size in a StatefulSet's claim",
    `${STATEFUL}spec: { ${claimTemplate("resources: { requests: { storage: 1Gi } }")} }`,
    `${STATEFUL}spec: { ${claimTemplate("resources: { requests: { storage: 2Gi } }")} }`,
    `deny spec.volumeClaimTemplates cannot be changed once the object exists: 0.spec.resources.requests.storage was "1Gi" and would be "2Gi"${orphan}`,
  ],
  [
    "a claim more in a StatefulSet",
    `${STATEFUL}spec: { replicas: 1 }`,
    `${STATEFUL}spec: { replicas: 1, ${claimTemplate("storageClassName: fast")} }`,
    `deny spec.volumeClaimTemplates cannot be changed once the object exists${orphan}`,
  ],
  [
    "the address of a Service",
    `${SERVICE}spec: { clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1] }`,
    `${SERVICE}spec: { clusterIP: 10.0.0.2, clusterIPs: [10.0.0.2] }`,
    'deny spec.clusterIP cannot be changed once the object exists: it was "10.0.0.1" and would be "10.0.0.2"; delete the Service first; clients cannot reach it until it is recreated',
  ],
  [
    "a Service that becomes headless",
    `${SERVICE}spec: { ports: [{ port: 80 }] }`,
    `${SERVICE}spec: { clusterIP: None, ports: [{ port: 80 }] }`,
    'deny spec.clusterIP cannot be changed once the object exists: it was absent and would be "None"; delete the Service first; clients cannot reach it until it is recreated',
  ],
  [
    "the image of a Job",
    `${JOB}spec: { template: { spec: { containers: [{ name: a, image: "a:1" }] } } }`,
    `${JOB}spec: { template: { spec: { containers: [{ name: a, image: "a:2" }] } } }`,
    'deny spec.template cannot be changed once the object exists: spec.containers.0.image was "a:1" and would be "a:2"; give the Job another name, set ttlSecondsAfterFinished, or let the GitOps tool replace it',
  ],
  [
    "the completions of a Job",
    `${JOB}spec: { completions: 3 }`,
    `${JOB}spec: { completions: 4 }`,
    "deny spec.completions cannot be changed once the object exists: it was 3 and would be 4",
  ],
  [
    "the class of a claim",
    `${CLAIM}spec: { storageClassName: slow }`,
    `${CLAIM}spec: { storageClassName: fast }`,
    'deny spec.storageClassName cannot be changed once the object exists: it was "slow" and would be "fast"',
  ],
  [
    "a claim that shrinks",
    `${CLAIM}spec: { resources: { requests: { storage: 2Gi } } }`,
    `${CLAIM}spec: { resources: { requests: { storage: 2000Mi } } }`,
    'deny spec.resources.requests.storage cannot be changed once the object exists: it was "2Gi" and would be "2000Mi"; a claim can only grow',
  ],
  [
    "a StorageClass",
    `${head("storage.k8s.io/v1", "StorageClass")}provisioner: a\nparameters: { type: gp2 }`,
    `${head("storage.k8s.io/v1", "StorageClass")}provisioner: a\nparameters: { type: gp3 }`,
    'deny parameters cannot be changed once the object exists: type was "gp2" and would be "gp3"; create another StorageClass and name it in new claims',
  ],
  [
    "a role that is bound",
    `${head("rbac.authorization.k8s.io/v1", "RoleBinding")}roleRef: { kind: Role, name: view }`,
    `${head("rbac.authorization.k8s.io/v1", "RoleBinding")}roleRef: { kind: Role, name: edit }`,
    'deny roleRef cannot be changed once the object exists: name was "view" and would be "edit"; delete the binding first, or create another one',
  ],
  [
    "an immutable ConfigMap",
    `${head("v1", "ConfigMap")}immutable: true\ndata: { a: "1" }`,
    `${head("v1", "ConfigMap")}immutable: true\ndata: { a: "2" }`,
    'deny data cannot be changed once the object exists: a was "1" and would be "2"; give it another name, as Kustomize\'s generators do',
  ],
  [
    "a ConfigMap that is to be mutable again",
    `${head("v1", "ConfigMap")}immutable: true\ndata: { a: "1" }`,
    `${head("v1", "ConfigMap")}data: { a: "1" }`,
    "deny immutable cannot be changed once the object exists: it was true and would be absent",
  ],
  [
    "an immutable Secret, whose values are said to nobody",
    `${head("v1", "Secret")}immutable: true\ndata: { password: aHVudGVyMQ== }`,
    `${head("v1", "Secret")}immutable: true\nstringData: { password: hunter2 }`,
    "deny data cannot be changed once the object exists; give it another name, as Kustomize's generators do",
  ],
  [
    "the type of a Secret",
    `${head("v1", "Secret")}type: kubernetes.io/tls`,
    head("v1", "Secret"),
    "deny type cannot be changed once the object exists",
  ],
  [
    "the port of a Pod",
    `${head("v1", "Pod")}spec: { containers: [{ name: a, image: "a:1", ports: [{ containerPort: 80 }] }] }`,
    `${head("v1", "Pod")}spec: { containers: [{ name: a, image: "a:2", ports: [{ containerPort: 81 }] }] }`,
    "deny spec cannot be changed once the object exists: containers.0.ports.0.containerPort was 80 and would be 81; delete the Pod first, or let a Deployment create it",
  ],
  [
    "the controller of an IngressClass",
    `${head("networking.k8s.io/v1", "IngressClass")}spec: { controller: a.io/x }`,
    `${head("networking.k8s.io/v1", "IngressClass")}spec: { controller: b.io/x }`,
    'deny spec.controller cannot be changed once the object exists: it was "a.io/x" and would be "b.io/x"',
  ],
  [
    "the value of a PriorityClass",
    `${head("scheduling.k8s.io/v1", "PriorityClass")}value: 1000`,
    `${head("scheduling.k8s.io/v1", "PriorityClass")}value: 0`,
    "deny value cannot be changed once the object exists: it was 1000 and would be 0",
  ],
  [
    "the scope of a definition",
    `${head("apiextensions.k8s.io/v1", "CustomResourceDefinition")}spec: { scope: Cluster }`,
    `${head("apiextensions.k8s.io/v1", "CustomResourceDefinition")}spec: { scope: Namespaced }`,
    'deny spec.scope cannot be changed once the object exists: it was "Cluster" and would be "Namespaced"',
  ],
])("Kubernetes refuses to change %s", (_, before, after, expected) => {
  expect(update(before, after)).toEqual([expected]);
});

test.each(["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"])(
  "Kubernetes refuses to change %s of a Job",
  (field) => {
    const [before, after] = ["1", "2"].map((value) => `${JOB}spec: { ${field}: "${value}" }`);
    expect(update(before!, after!)).toEqual([expect.stringMatching(`^deny spec.${field} cannot be changed`)]);
  },
);

test.each<[string, string, string]>([
  [
    "what a Deployment runs",
    `${DEPLOYMENT}spec: { replicas: 1, selector: { matchLabels: { app: web } }, template: { spec: { containers: [{ name: a, image: "a:1" }] } } }`,
    `${DEPLOYMENT}spec: { replicas: 2, selector: { matchLabels: { app: web } }, template: { spec: { containers: [{ name: a, image: "a:2" }] } } }`,
  ],
  [
    "an empty list in a selector",
    `${DEPLOYMENT}spec: { selector: { matchLabels: { app: web } } }`,
    `${DEPLOYMENT}spec: { selector: { matchLabels: { app: web }, matchExpressions: [] } }`,
  ],
  [
    "all that a StatefulSet may change",
    `${STATEFUL}spec: { replicas: 1, template: { spec: {} } }`,
    `${STATEFUL}spec: { replicas: 2, minReadySeconds: 3, ordinals: { start: 1 }, revisionHistoryLimit: 3, template: { spec: { dnsPolicy: None } }, updateStrategy: { type: OnDelete }, persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete } }`,
  ],
  [
    "defaults that a StatefulSet writes down",
    `${STATEFUL}spec: { ${claimTemplate("resources: { requests: { storage: 1Gi } }")} }`,
    `${STATEFUL}spec: { podManagementPolicy: OrderedReady, serviceName: "", volumeClaimTemplates: [{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data, creationTimestamp: null }, spec: { accessModes: [ReadWriteOnce], volumeMode: Filesystem, resources: { requests: { storage: 1024Mi } } }, status: { phase: Pending } }] }`,
  ],
  ["an address that a Service is given", SERVICE, `${SERVICE}spec: { clusterIP: 10.0.0.1 }`],
  [
    "an address that a Service no longer says",
    `${SERVICE}spec: { clusterIP: None }`,
    `${SERVICE}spec: { selector: { a: b } }`,
  ],
  [
    "a Service that was another name",
    `${SERVICE}spec: { type: ExternalName, externalName: a.b }`,
    `${SERVICE}spec: { clusterIP: None }`,
  ],
  [
    "a second address family",
    `${SERVICE}spec: { ipFamilies: [IPv4] }`,
    `${SERVICE}spec: { ipFamilies: [IPv4, IPv6], ipFamilyPolicy: RequireDualStack }`,
  ],
  [
    "defaults that a Job writes down",
    `${JOB}spec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "a:1", resources: { limits: { cpu: 1 } } }] } } }`,
    `${JOB}spec: { completions: 1, parallelism: 1, completionMode: NonIndexed, backoffLimit: 2, template: { metadata: { creationTimestamp: null }, spec: { restartPolicy: Never, dnsPolicy: ClusterFirst, terminationGracePeriodSeconds: 30, serviceAccount: "", securityContext: {}, containers: [{ name: a, image: "a:1", imagePullPolicy: IfNotPresent, terminationMessagePath: /dev/termination-log, resources: { limits: { cpu: "1000m" }, requests: { cpu: 1 } } }] } } }`,
  ],
  [
    "a Job that is gone when it has run",
    `${JOB}spec: { ttlSecondsAfterFinished: 60, template: { spec: { containers: [{ name: a, image: "a:1" }] } } }`,
    `${JOB}spec: { ttlSecondsAfterFinished: 60, template: { spec: { containers: [{ name: a, image: "a:2" }] } } }`,
  ],
  [
    "a Job that is a hook",
    `${head("batch/v1", "Job", 'name: web, annotations: { "helm.sh/hook": pre-upgrade }')}spec: { template: { spec: { containers: [{ name: a, image: "a:1" }] } } }`,
    `${head("batch/v1", "Job", 'name: web, annotations: { "helm.sh/hook": pre-upgrade }')}spec: { template: { spec: { containers: [{ name: a, image: "a:2" }] } } }`,
  ],
  [
    "a Job that Argo CD replaces",
    `${JOB}spec: { template: { spec: { containers: [{ name: a, image: "a:1" }] } } }`,
    `${head("batch/v1", "Job", 'name: web, annotations: { "argocd.argoproj.io/sync-options": "Force=true, Replace=true" }')}spec: { template: { spec: { containers: [{ name: a, image: "a:2" }] } } }`,
  ],
  [
    "where a suspended Job will run",
    `${JOB}spec: { suspend: true, template: { spec: { nodeSelector: { a: b }, containers: [] } } }`,
    `${JOB}spec: { suspend: true, template: { metadata: { labels: { x: y } }, spec: { nodeSelector: { a: c }, tolerations: [{ key: x }], containers: [] } } }`,
  ],
  [
    "an indexed Job that grows",
    `${JOB}spec: { completionMode: Indexed, completions: 3, parallelism: 3 }`,
    `${JOB}spec: { completionMode: Indexed, completions: 4, parallelism: 4 }`,
  ],
  [
    "a claim that grows, in another order",
    `${CLAIM}spec: { accessModes: [ReadWriteOnce, ReadOnlyMany], resources: { requests: { storage: 1Gi } } }`,
    `${CLAIM}spec: { accessModes: [ReadOnlyMany, ReadWriteOnce], storageClassName: standard, volumeName: pv-1, volumeMode: Filesystem, resources: { requests: { storage: 2Gi } } }`,
  ],
  [
    "a StorageClass that may grow",
    `${head("storage.k8s.io/v1", "StorageClass")}provisioner: a`,
    `${head("storage.k8s.io/v1", "StorageClass")}provisioner: a\nallowVolumeExpansion: true\nreclaimPolicy: Delete\nvolumeBindingMode: Immediate`,
  ],
  [
    "a binding's subjects",
    `${head("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")}roleRef: { kind: ClusterRole, name: view }`,
    `${head("rbac.authorization.k8s.io/v1", "ClusterRoleBinding")}roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }\nsubjects: [{ kind: User, name: a }]`,
  ],
  [
    "a ConfigMap that seals itself",
    `${head("v1", "ConfigMap")}data: { a: "1" }`,
    `${head("v1", "ConfigMap")}immutable: true\ndata: { a: "2" }`,
  ],
  [
    "the notation of an immutable Secret",
    `${head("v1", "Secret")}immutable: true\ntype: Opaque\ndata: { password: aHVudGVyMg== }`,
    `${head("v1", "Secret")}immutable: true\nstringData: { password: hunter2 }`,
  ],
  [
    "the image of a Pod",
    `${head("v1", "Pod")}spec: { containers: [{ name: a, image: "a:1" }] }`,
    `${head("v1", "Pod")}spec: { containers: [{ name: a, image: "a:2" }], tolerations: [{ key: x }] }`,
  ],
  [
    "a kind that is nobody's rule",
    `${head("apps/v1", "ControllerRevision")}revision: 1`,
    `${head("apps/v1", "ControllerRevision")}revision: 2`,
  ],
  [
    "another version of the API",
    `${head("apps/v1beta2", "StatefulSet")}spec: { serviceName: a }`,
    `${STATEFUL}spec: { serviceName: b }`,
  ],
])("Kubernetes lets change %s", (_, before, after) => {
  expect(update(before, after)).toEqual([]);
});

test("the finding stands at the value, and its fingerprint follows what it was and would be", () => {
  const of = (old: string, now: string) =>
    findingsOf(
      state([manifest(`${DEPLOYMENT}spec: { selector: { matchLabels: { app: ${old} } } }`)]),
      state([manifest(`${DEPLOYMENT}spec: { selector: { matchLabels: { app: ${now} } } }`)]),
    )[0]?.violation;
  expect(of("a", "b")?.cause).toMatchObject({ pointer: "/spec/selector/matchLabels/app", precision: "value" });
  expect(of("a", "b")?.cause.reads).not.toBe(of("a", "c")?.cause.reads);
  expect(of("a", "b")?.cause.reads).toBe(of("a", "b")?.cause.reads);
});

test("what a StatefulSet may change follows the Kubernetes version of the environment", () => {
  const environment = { paths: [], clusters: [], levels: {}, parameters: {} };
  const config = {
    ...defaultConfig,
    schemas: { enabled: true, kubernetes: "1.34" },
    environments: { old: { ...environment, kubernetes: "1.32" }, other: environment },
  };
  const dangers = (where: string): number => {
    const limit = (count: number): Manifest =>
      manifest(`${STATEFUL}spec: { revisionHistoryLimit: ${count} }`, { environment: where });
    return dangersOf(state([limit(3)]), state([limit(4)]), config).length;
  };
  expect(["old", "other", "unknown"].map(dangers)).toEqual([1, 0, 0]);
});

test("what Flux forces is deleted and created anew: that warns, but for what nobody misses", () => {
  const forced = source("Kustomization flux-system/apps", "flux-kustomization", { recreates: true });
  const from = { source: forced.id };
  const both = (text: (value: string) => string): readonly string[] =>
    dangersOf(state([manifest(text("a"), from)], [forced]), state([manifest(text("b"), from)], [forced]));
  expect(both((name) => `${STATEFUL}spec: { serviceName: ${name} }`)).toEqual([
    'warn changes/immutable-field web: spec.serviceName cannot be changed once the object exists: it was "a" and would be "b"; it will be deleted and recreated',
  ]);
  expect(both((name) => `${JOB}spec: { template: { spec: { containers: [{ image: ${name} }] } } }`)).toEqual([]);
});

test("an object that moves to another source unchanged is no update", () => {
  const text = `${DEPLOYMENT}spec: { selector: { matchLabels: { app: web } } }`;
  const moved = manifest(text, {
    source: "overlays/b",
    position: { path: "b.yaml", document: 0, line: 1, pointer: "" },
  });
  expect(update(manifest(text, { source: "overlays/a" }), moved)).toEqual([]);
});
