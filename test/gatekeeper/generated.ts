import type { JsonObject } from "../../src/model/json.ts";

/** Numbers from 0 to 1 that are the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Kind {
  readonly kind: string;
  readonly rego: string;
  readonly libs?: readonly string[];
  readonly version?: "v1";
  readonly schema: JsonObject;
}

const text = { type: "string" };
const kinds: readonly Kind[] = [
  {
    kind: "HasLabels",
    rego: `package haslabels
violation[{"msg": msg, "details": {"missing": missing}}] {
  given := {key | input.review.object.metadata.labels[key]}
  missing := {key | key := input.parameters.labels[_]} - given
  count(missing) > 0
  msg := sprintf("%v %v lacks %v", [input.review.kind.kind, input.review.name, missing])
}`,
    schema: { type: "object", properties: { labels: { type: "array", items: text, default: ["app"] } } },
  },
  {
    kind: "ImagesFrom",
    rego: `package imagesfrom
import data.lib.pods
violation[{"msg": msg}] {
  c := pods.containers[_]
  not allowed(c.image)
  msg := sprintf("%v: image %v is from elsewhere", [c.name, c.image])
}
allowed(image) { startswith(image, input.parameters.from[_]) }`,
    libs: [
      `package lib.pods
containers[c] { c := input.review.object.spec.containers[_] }
containers[c] { c := input.review.object.spec.initContainers[_] }`,
    ],
    schema: { type: "object", properties: { from: { type: "array", items: text } } },
  },
  {
    kind: "ReplicasWithin",
    rego: `package replicaswithin
violation[{"msg": msg}] {
  n := input.review.object.spec.replicas
  not within(n)
  msg := sprintf("%v replicas are not %v", [n, input.parameters])
}
within(n) { n >= input.parameters.least; n <= input.parameters.most }`,
    schema: {
      type: "object",
      properties: { least: { type: "integer", default: 1 }, most: { type: "integer", default: 3 } },
    },
  },
  {
    kind: "UniqueHost",
    rego: `package uniquehost
violation[{"msg": msg}] {
  host := input.review.object.spec.rules[_].host
  other := data.inventory.namespace[ns][_].Ingress[name]
  other.spec.rules[_].host == host
  not same(ns, name)
  msg := sprintf("%v is also of %v/%v", [host, ns, name])
}
same(ns, name) { ns == input.review.object.metadata.namespace; name == input.review.object.metadata.name }`,
    schema: { type: "object" },
  },
  {
    kind: "Review",
    version: "v1",
    rego: `package review
violation contains {"msg": msg} if {
  fields := {key | some key, _ in input.review}
  msg := sprintf("%v %v %v %v", [input.review.kind, object.get(input.review, "namespace", "-"), sort(fields), input.parameters])
}`,
    schema: {
      type: "object",
      properties: { note: text, deep: { type: "object", properties: { a: { type: "integer", default: 1 } } } },
    },
  },
  {
    kind: "NoPrivilege",
    rego: `package noprivilege
violation[{"msg": msg}] {
  c := input.review.object.spec.containers[i]
  c.securityContext.privileged
  msg := sprintf("container %v (%v)", [i, c.name])
}
violation[{"msg": "the host's network"}] { input.review.object.spec.hostNetwork }`,
    schema: { type: "object" },
  },
];

/** Templates, constraints, ExpansionTemplates and objects, the same for the same seed. */
export function generate(seed: number, count: number): readonly JsonObject[] {
  const random = randomFrom(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const some = <T>(list: readonly T[]): readonly T[] => list.filter(() => random() < 0.4);
  const often = (share: number): boolean => random() < share;

  const labels = (): JsonObject =>
    Object.fromEntries(some(["app", "team", "tier"]).map((key) => [key, one(["web", "db", "a"])]));
  const namespaces = ["shop", "shop-test", "kube-tools", "default", "nowhere"];
  const metadata = (name: string, namespace?: string): JsonObject => ({
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(often(0.7) ? { labels: labels() } : {}),
  });
  const podSpec = (): JsonObject => ({
    ...(often(0.2) ? { hostNetwork: true } : {}),
    containers: ["a", "b"].slice(0, 1 + below(2)).map((name) => ({
      name,
      image: `${one(["registry.example.com", "docker.io", "ghcr.io"])}/${name}:1`,
      ...(often(0.4) ? { securityContext: { privileged: often(0.5) } } : {}),
    })),
  });
  const objects = Array.from({ length: 40 }, (_, n): JsonObject => {
    const at = one(namespaces);
    switch (below(6)) {
      case 0:
        return { apiVersion: "v1", kind: "Pod", metadata: metadata(`pod-${n}`, at), spec: podSpec() };
      case 1:
        return {
          apiVersion: "apps/v1",
          kind: one(["Deployment", "StatefulSet"]),
          metadata: metadata(`app-${n}`, at),
          spec: { replicas: below(6), template: { metadata: { labels: labels() }, spec: podSpec() } },
        };
      case 2:
        return {
          apiVersion: "networking.k8s.io/v1",
          kind: "Ingress",
          metadata: metadata(`in-${n}`, at),
          spec: { rules: [{ host: one(["a.example.com", "b.example.com", "c.example.com"]) }] },
        };
      case 3:
        return { apiVersion: "v1", kind: "ConfigMap", metadata: metadata(`data-${n}`, at), data: {} };
      case 4:
        return {
          apiVersion: "batch/v1",
          kind: "Job",
          metadata: metadata(`job-${n}`, at),
          spec: { template: { spec: podSpec() } },
        };
      default:
        return {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "ClusterRole",
          metadata: metadata(`role-${n}`),
          rules: [],
        };
    }
  });
  const inCluster = namespaces
    .slice(0, 4)
    .map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: metadata(name) }));

  const namespaced = [
    { apiGroups: [""], kinds: ["Pod", "ConfigMap", "Namespace"] },
    { apiGroups: ["apps", "batch"], kinds: ["*"] },
    { apiGroups: ["networking.k8s.io"], kinds: ["Ingress"] },
  ];
  const globs = ["shop", "shop*", "*-test", "*o*", "kube-tools"];
  const selector = (): JsonObject =>
    often(0.5)
      ? { matchLabels: { [one(["app", "team"])]: one(["web", "db", "a"]) } }
      : {
          matchExpressions: [
            often(0.5)
              ? {
                  key: one(["app", "team", "tier"]),
                  operator: one(["In", "NotIn"]),
                  values: some(["web", "db"]).concat("a"),
                }
              : { key: one(["app", "team", "tier"]), operator: one(["Exists", "DoesNotExist"]) },
          ],
        };
  const match = (): JsonObject => {
    const placed = {
      ...(often(0.3) ? { namespaces: some(globs) } : {}),
      ...(often(0.3) ? { excludedNamespaces: some(globs) } : {}),
      ...(often(0.2) ? { namespaceSelector: selector() } : {}),
      ...(often(0.2) ? { scope: one(["Namespaced", "Cluster", "*"]) } : {}),
    };
    const isPlaced = Object.keys(placed).length > 0;
    // To `gator test`, unlike to admission, what is in no namespace is in one without a name.
    const of = isPlaced
      ? one([namespaced, [one(namespaced)]])
      : one([[one(namespaced)], [{ apiGroups: ["*"], kinds: ["ClusterRole", "Pod"] }], []]);
    return {
      ...(of.length === 0 ? {} : { kinds: of }),
      ...placed,
      ...(often(0.3) ? { labelSelector: selector() } : {}),
      ...(often(0.1) ? { name: one(["app-*", "*-1", "pod-3"]) } : {}),
      ...(often(0.15) ? { source: one(["All", "Original", "Generated"]) } : {}),
    };
  };
  const parameters: { readonly [kind: string]: () => JsonObject } = {
    HasLabels: () => (often(0.2) ? {} : { labels: some(["app", "team", "tier"]) }),
    ImagesFrom: () => ({ from: some(["registry.example.com/", "docker.io/", "ghcr.io/"]) }),
    ReplicasWithin: () => ({
      ...(often(0.5) ? { least: below(3) } : {}),
      ...(often(0.5) ? { most: 2 + below(3) } : {}),
    }),
    UniqueHost: () => ({}),
    Review: () => ({ ...(often(0.5) ? { note: "n" } : {}), ...(often(0.5) ? { deep: {} } : {}) }),
    NoPrivilege: () => ({}),
  };
  const constraints = Array.from({ length: count }, (_, n): JsonObject => {
    const { kind } = one(kinds);
    const given = parameters[kind]?.() ?? {};
    return {
      apiVersion: "constraints.gatekeeper.sh/v1beta1",
      kind,
      metadata: { name: `c-${n}` },
      spec: {
        ...(often(0.9) ? { match: match() } : {}),
        ...(often(0.8) ? { parameters: given } : {}),
        ...action(one, often),
      },
    };
  });
  return [...kinds.map(templateOf), ...expansions, ...constraints, ...inCluster, ...objects];
}

function action(one: <T>(list: readonly T[]) => T, often: (share: number) => boolean): JsonObject {
  if (often(0.5)) return {};
  if (often(0.6)) return { enforcementAction: one(["deny", "warn", "dryrun"]) };
  const points = [{ name: one(["*", "gator.gatekeeper.sh", "audit.gatekeeper.sh"]) }];
  return {
    enforcementAction: "scoped",
    scopedEnforcementActions: [{ action: one(["deny", "warn", "dryrun"]), enforcementPoints: points }],
  };
}

const expansions: readonly JsonObject[] = [
  expansion("apps", ["apps"], ["Deployment", "StatefulSet"], {}),
  expansion("jobs", ["batch"], ["Job"], { enforcementAction: "warn" }),
];

function expansion(name: string, groups: readonly string[], of: readonly string[], more: JsonObject): JsonObject {
  return {
    apiVersion: "expansion.gatekeeper.sh/v1alpha1",
    kind: "ExpansionTemplate",
    metadata: { name },
    spec: {
      applyTo: [{ groups, kinds: of, versions: ["v1"] }],
      templateSource: "spec.template",
      generatedGVK: { kind: "Pod", group: "", version: "v1" },
      ...more,
    },
  };
}

function templateOf({ kind, rego, libs, version, schema }: Kind): JsonObject {
  const source = { rego, ...(libs === undefined ? {} : { libs }), ...(version === undefined ? {} : { version }) };
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: kind.toLowerCase() },
    spec: {
      crd: { spec: { names: { kind }, validation: { openAPIV3Schema: schema } } },
      targets: [{ target: "admission.k8s.gatekeeper.sh", code: [{ engine: "Rego", source }] }],
    },
  };
}
