import { expect, test } from "@jest/globals";
import { openSchemaBundle } from "../../src/schema-bundle/open-bundle.ts";
import { createSchemaCheck } from "../../src/schema/schema-check.ts";
import { complaintsOf, linesOf, manifestsIn, onKubernetes } from "./judging.ts";

const deployment = (
  more: { readonly spec?: string; readonly pod?: string; readonly container?: string } = {},
): string =>
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
${more.spec ?? "  replicas: 3"}
  template:
    metadata: {labels: {app: web}}
    spec:
${more.pod ?? "      terminationGracePeriodSeconds: 5"}
      containers:
        - name: web
          image: example.com/web:1.0.0
${more.container ?? "          imagePullPolicy: Always"}
`;

test.each<[name: string, yaml: string, expected: readonly string[]]>([
  ["a good manifest has nothing said of it", deployment(), []],
  [
    "a number in quotes is no integer",
    deployment({ spec: '  replicas: "3"' }),
    ['type 6 spec.replicas: expected integer, found string "3"'],
  ],
  [
    "a fraction is no integer",
    deployment({ spec: "  replicas: 1.5" }),
    ["type 6 spec.replicas: expected integer, found number 1.5"],
  ],
  ["an integer written as a float is one", deployment({ spec: "  replicas: 3.0" }), []],
  [
    "an integer beyond 32 bits does not fit",
    deployment({ spec: "  replicas: 4294967296" }),
    ["value 6 spec.replicas: expected an integer that fits in 32 bits, found number 4294967296"],
  ],
  ["an int64 keeps its digits", deployment({ pod: "      activeDeadlineSeconds: 9223372036854775807" }), []],
  [
    "an int64 has an end",
    deployment({ pod: "      activeDeadlineSeconds: 9223372036854775808" }),
    [
      "value 10 spec.template.spec.activeDeadlineSeconds: expected an integer that fits in 64 bits, found number 9223372036854775808",
    ],
  ],
  [
    "a mistyped field has the name it was meant to have",
    deployment({ pod: "      container: []" }),
    ["unknown-field 10 spec.template.spec.container: unknown field; did you mean containers?"],
  ],
  [
    "names of fields are told apart by case",
    deployment({ container: "          ImagePullPolicy: Always" }),
    ["unknown-field 14 spec.template.spec.containers[0].ImagePullPolicy: unknown field; did you mean imagePullPolicy?"],
  ],
  [
    "an unknown field of metadata is found",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  lables: {a: b}\n",
    ["unknown-field 5 metadata.lables: unknown field; did you mean labels?"],
  ],
  [
    "an unknown field is unknown also where it is null",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndato: null\n",
    ["unknown-field 4 dato: unknown field; did you mean data?"],
  ],
  [
    "a label must be a string",
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {app.kubernetes.io/version: 1.5}\n",
    ['type 5 metadata.labels["app.kubernetes.io/version"]: expected string, found number 1.5'],
  ],
  [
    "what is required and missing is told where it should be",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec: {containers: [{name: a}]}\n",
    ["required 4 spec.selector: required, but missing"],
  ],
  [
    "null is as good as missing",
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, creationTimestamp: null}\nspec:\n  selector: null\n  template:\n    spec: {containers: [{name: a, args: null}]}\n",
    ["required 4 spec.selector: required, but missing"],
  ],
  [
    "a list in place of an object",
    deployment({ pod: "      securityContext: []" }),
    ["type 10 spec.template.spec.securityContext: expected an object, found a list"],
  ],
  [
    "an object in place of a list",
    deployment({ container: "          env: {A: b}" }),
    ["type 14 spec.template.spec.containers[0].env: expected a list, found an object"],
  ],
  [
    "quantities are numbers or texts with a known unit",
    deployment({
      container: "          resources: {limits: {cpu: 0.5, memory: 1Gi}, requests: {cpu: 1 core, memory: 1e3}}",
    }),
    [
      'value 14 spec.template.spec.containers[0].resources.requests.cpu: expected a quantity such as 500m or 1Gi, found string "1 core"',
    ],
  ],
  [
    "a port may be a name, and nothing else",
    deployment({
      container: "          livenessProbe: {httpGet: {port: http}}\n          readinessProbe: {httpGet: {port: true}}",
    }),
    [
      "type 15 spec.template.spec.containers[0].readinessProbe.httpGet.port: expected integer or string, found boolean true",
    ],
  ],
  [
    "a value of a fixed choice",
    deployment({ container: "          imagePullPolicy: always" }),
    [
      'value 14 spec.template.spec.containers[0].imagePullPolicy: expected one of Always, IfNotPresent, Never, found string "always"; did you mean Always?',
    ],
  ],
  [
    "a container name stands once",
    deployment({ container: "        - name: web" }),
    ['duplicate 14 spec.template.spec.containers[1]: an item with name "web" is already in the list'],
  ],
  [
    "a Secret's data is base64, and is not shown",
    "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {good: aHVudGVy, bad: hunter22!}\nstringData: {five: 5}\n",
    ["value 4 data.bad: expected base64, found a string", "type 5 stringData.five: expected string, found a number"],
  ],
  [
    "what Git says of status is not required to be whole",
    "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\nspec: {minAvailable: 1}\nstatus: {phases: 1}\n",
    [
      "unknown-field 5 status.phases: unknown field; expected conditions, currentHealthy, desiredHealthy, disruptedPods, disruptionsAllowed, expectedPods, observedGeneration",
    ],
  ],
  [
    "items of a list are told by themselves",
    'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: {name: a}\n    spec: {ports: [{port: "80"}]}\n',
    ['type 7 spec.ports[0].port: expected integer, found string "80"'],
  ],
  [
    "a protocol left out is TCP",
    "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{name: a, port: 80}, {name: b, port: 80, protocol: TCP}, {name: c, port: 80, protocol: UDP}]}\n",
    ['duplicate 4 spec.ports[1]: an item with port 80 and protocol "TCP" is already in the list'],
  ],
  [
    "keys that JavaScript knows itself are unknown to Kubernetes",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nconstructor: {}\n__proto__: {}\n",
    [
      "unknown-field 4 constructor: unknown field; expected apiVersion, binaryData, data, immutable, kind, metadata",
      "unknown-field 5 __proto__: unknown field; expected apiVersion, binaryData, data, immutable, kind, metadata",
    ],
  ],
])("%s", (_, yaml, expected) => {
  expect(linesOf(yaml)).toEqual(expected);
});

test("An environment variable named twice is accepted by the API server, so it only warns", () => {
  const twice = complaintsOf(
    deployment({ container: "          env: [{name: A, value: one}, {name: A, value: two}]" }),
  );
  expect(twice).toMatchObject([{ policy: "kubernetes/schema", rule: "duplicate", level: "warn" }]);
});

test("A violation names its place by keys that survive reordering, and rests on the value", () => {
  const [of] = complaintsOf(deployment({ container: '          ports: [{containerPort: "80"}]' }));
  expect(of).toMatchObject({
    policy: "kubernetes/schema",
    level: "deny",
    cause: {
      pointer: "/spec/template/spec/containers/0/ports/0/containerPort",
      stablePointer: "/spec/template/spec/containers/[name=web]/ports/[containerPort=80]/containerPort",
      precision: "value",
    },
    readsChange: false,
  });
  const [other] = complaintsOf(deployment({ container: '          ports: [{containerPort: "81"}]' }));
  expect(of?.cause.reads).not.toBe(other?.cause.reads);
});

test("Values that are not known yet are taken for right: SOPS's, Flux's placeholders", () => {
  const sealed = `apiVersion: v1
kind: Secret
metadata: {name: a}
data: {password: "ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]"}
immutable: "ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:bool]"
sops: {mac: "ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", version: 3.9.0}
`;
  expect(linesOf(sealed)).toEqual([]);
  expect(linesOf(deployment({ spec: "  replicas: ${replicas:=3}" }))).toEqual([]);
  expect(linesOf(deployment({ spec: '  replicas: "$replicas"' }))).toHaveLength(1);
  expect(linesOf(sealed.replace(/^sops.*$/m, ""))).toHaveLength(2);
});

test("What lies in a place for patches and nobody renders need not be whole, but what it says must be right", () => {
  const check = createSchemaCheck(openSchemaBundle(), onKubernetes("1.34"));
  const yaml = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n$patch: merge\nspec: {replicas: "3"}\n';
  const [manifest] = manifestsIn(yaml);
  const rules = (path: string, source?: string) => {
    const placed = {
      ...manifest!,
      position: { ...manifest!.position, path },
      ...(source === undefined ? {} : { source }),
    };
    return check.ofManifest?.(placed, []).map(({ rule }) => rule);
  };
  expect(rules("crd/patches/a.yaml")).toEqual(["type"]);
  expect(rules("overlays/replicas-patch.yaml")).toEqual(["type"]);
  expect(rules("overlays/patch.replicas.yaml")).toEqual(["type"]);
  // A source that renders it yields a whole object.
  expect(rules("crd/patches/a.yaml", "overlays")).toEqual(["unknown-field", "required", "required", "type"]);
  expect(rules("apps/dispatch/dispatcher.yaml")).toEqual(["unknown-field", "required", "required", "type"]);
});
