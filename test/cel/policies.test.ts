import { afterEach, describe, expect, test } from "@jest/globals";
import { policyObjects } from "../../src/config/policy-objects.ts";
import type { Judge } from "../../src/model/judge.ts";
import { linesOf, openTestJudge } from "./judging.ts";

/** A ValidatingAdmissionPolicy about Deployments; `spec` is more of it, in YAML's flow style. */
function policy(
  spec: string,
  rules = "apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]",
) {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: rules}
spec:
  matchConstraints: {resourceRules: [{${rules}}]}
  ${spec}
---
`;
}

const binding = (spec = "validationActions: [Deny]"): string => `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: bound}
spec: {policyName: rules, ${spec}}
`;

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {tier: front}}
spec:
  replicas: 9
  template:
    spec:
      containers:
        - {name: web, image: registry.example.com/web}
        - name: helper
          image: docker.io/helper
`;

const shop = "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {env: prod}}\n";

let judge: Judge | undefined;
afterEach(() => judge?.close());

async function found(policies: string, tree: string): Promise<readonly string[]> {
  judge = await openTestJudge(policyObjects([{ path: "policy.yaml", text: policies }], []).objects);
  expect(judge.problems).toEqual([]);
  return linesOf(judge, tree);
}

const atMostFive = "validations: [{expression: object.spec.replicas <= 5, message: at most five}]";
const fifth = "5 validations[0] at most five";

describe("a policy with its binding decides what the API server would", () => {
  test.each([
    ["a validation that fails is placed at what it read", atMostFive, undefined, [fifth]],
    [
      "variables are followed, and the item that fails is named",
      "variables: [{name: all, expression: object.spec.template.spec.containers}], validations: [{expression: \"variables.all.all(c, c.image.startsWith('registry.example.com/'))\", messageExpression: \"'images of ' + object.metadata.name\"}]",
      undefined,
      ["11 validations[0] images of web"],
    ],
    [
      "a match condition that is false leaves the object out",
      `matchConditions: [{name: few, expression: "object.spec.replicas < 3"}], ${atMostFive}`,
      undefined,
      [],
    ],
    [
      "an expression that fails denies, as failurePolicy says",
      'validations: [{expression: "object.spec.nothing == 1"}]',
      undefined,
      ["4 validations[0] error expression 'object.spec.nothing == 1' resulted in error: no such key: nothing"],
    ],
    [
      "what the API server sets is there, and its place is where it would be",
      'validations: [{expression: "object.spec.progressDeadlineSeconds < 600", message: slow}, {expression: "object.spec.template.spec.containers.all(c, !has(c.resources.limits))"}]',
      undefined,
      ["4 validations[0] slow"],
    ],
    [
      "the namespace is that of the tree",
      "validations: [{expression: \"namespaceObject.metadata.labels['env'] == 'test'\", message: not here}]",
      undefined,
      ["1 validations[0] not here"],
    ],
    [
      "a namespace selector",
      atMostFive,
      "validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {env: prod}}}",
      [fifth],
    ],
    [
      "another namespace",
      atMostFive,
      "validationActions: [Deny], matchResources: {namespaceSelector: {matchLabels: {env: test}}}",
      [],
    ],
    [
      "an object selector",
      atMostFive,
      "validationActions: [Deny], matchResources: {objectSelector: {matchExpressions: [{key: tier, operator: In, values: [back]}]}}",
      [],
    ],
    [
      "an excluded name",
      atMostFive,
      "validationActions: [Deny], matchResources: {excludeResourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'], resourceNames: [web]}]}",
      [],
    ],
  ] as const)("%s", async (_, spec, bound, lines) => {
    const flow = spec.replaceAll(/, (?=[a-zA-Z]+: \[)/g, "\n  ");
    expect(await found(policy(flow) + binding(bound), deployment + shop)).toEqual(lines);
  });
});

test.each([
  ["Deny", "deny"],
  ["Warn", "warn"],
  ["Audit", "info"],
  ["Warn, Audit", "warn"],
])("validationActions %s is the level %s", async (actions, level) => {
  judge = await openTestJudge(
    policyObjects([{ path: "policy.yaml", text: policy(atMostFive) + binding(`validationActions: [${actions}]`) }], [])
      .objects,
  );
  expect(judge.policies).toEqual([
    { id: "validatingadmissionpolicy/rules", package: "validatingadmissionpolicy/rules", level },
  ]);
});

const limit = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: limit, namespace: shop}\ndata: {max: '3'}\n";
const byParams =
  "paramKind: {apiVersion: v1, kind: ConfigMap}\n  validations: [{expression: object.spec.replicas <= int(params.data.max), messageExpression: \"'at most ' + params.data.max\"}]";

test("parameters are objects of the tree", async () => {
  const bound = binding("validationActions: [Deny], paramRef: {name: limit, parameterNotFoundAction: Deny}");
  expect(await found(policy(byParams) + bound, deployment + limit)).toEqual(["5 validations[0] at most 3"]);
});

test.each([
  [
    "Deny",
    ["1 params failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"],
  ],
  ["Allow", []],
])("parameters that are missing: %s", async (action, lines) => {
  const bound = binding(`validationActions: [Deny], paramRef: {name: limit, parameterNotFoundAction: ${action}}`);
  expect(await found(policy(byParams) + bound, deployment)).toEqual(lines);
});

test("a custom resource is matched by the names of its CRD, and as another version that differs in nothing", async () => {
  const rules = "apiGroups: [example.com], apiVersions: [v1], operations: ['*'], resources: [mice]";
  const crd = `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: mice.example.com}
spec: {group: example.com, scope: Cluster, names: {kind: Mouse, plural: mice}, versions: [{name: v1, served: true}, {name: v2, served: true}]}
`;
  const mouse = "apiVersion: example.com/v2\nkind: Mouse\nmetadata: {name: m}\nspec: {tails: 2}\n";
  const spec =
    "validations: [{expression: \"object.apiVersion == 'example.com/v1' && object.spec.tails == 1\", message: one tail}]";
  expect(await found(policy(spec, rules) + binding(), mouse + crd)).toEqual(["4 validations[0] one tail"]);
});

async function said(policies: string): Promise<readonly string[]> {
  judge = await openTestJudge(policyObjects([{ path: "policy.yaml", text: policies }], []).objects);
  return [...judge.problems, ...(judge.warnings ?? [])].map(({ line, message }) => `${line} ${message}`);
}

test.each([
  [
    "an expression that does not compile",
    policy("validations: [{expression: object.spec. == 1}]") + binding(),
    /^6 spec\.validations\[0\]\.expression: compilation failed: ERROR: <input>:1:14: Syntax error/,
  ],
  [
    "a binding without its policy",
    binding(),
    /^4 the binding bound is of ValidatingAdmissionPolicy rules, which is not among/,
  ],
  [
    "a policy without a binding",
    policy(atMostFive),
    /^3 ValidatingAdmissionPolicy rules has no .*Binding.* decides nothing$/,
  ],
  [
    "a validation that asks the authorizer",
    policy("validations: [{expression: \"authorizer.group('').resource('pods').check('get').allowed()\"}]") + binding(),
    /^6 spec\.validations\[0\]\.expression is not judged: it asks the authorizer of a cluster$/,
  ],
  [
    "who asks",
    policy("validations: [{expression: \"request.userInfo.username != 'x'\"}]") + binding(),
    /^6 validatingadmissionpolicy\/rules reads request\.userInfo, which a repository does not tell/,
  ],
])("%s is said at its line", async (_, policies, line) => {
  expect(await said(policies)).toEqual([expect.stringMatching(line)]);
});

const kyverno = (expression: string): string => `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: few}
spec:
  validationActions: [Deny]
  matchConstraints: {resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]}
  validations: [{expression: "${expression}", message: at most five}]
`;

test("Kyverno's ValidatingPolicy is judged as far as it is in the same language", async () => {
  expect(await found(kyverno("object.spec.replicas <= 5"), deployment)).toEqual([fifth]);
});

test("a function of Kyverno alone is a gap at its line", async () => {
  expect(await said(kyverno("resource.Get('v1', 'configmaps', 'a', 'b').data.x == 'y'"))).toEqual([
    "7 validatingpolicy/few is not judged: resource is of Kyverno alone, and its answer is in a cluster or on a server",
  ]);
});
