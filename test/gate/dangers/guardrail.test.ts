import { expect, test } from "@jest/globals";
import { dangersOf, manifest, source, state } from "./states.ts";

const owner = source("Owner a/b", "flux-kustomization", { prune: true });
const from = { source: owner.id };
const app = manifest(
  "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\nspec: { template: { metadata: { labels: { app: web } } } }\n",
  from,
);

function head(apiVersion: string, kind: string, rest: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\n${rest}\n`;
}

/** What is found when an object changes from one text to another; undefined: it does not exist. */
function change(before: string, after: string | undefined): readonly string[] {
  const now = after === undefined ? [app] : [app, manifest(after, from)];
  return dangersOf(state([app, manifest(before, from)], [owner]), state(now, [owner])).filter((line) =>
    line.includes("changes/guardrail"),
  );
}

const ADMISSION = "admissionregistration.k8s.io/v1";
const policy = (spec: string): string =>
  head(ADMISSION, "ValidatingAdmissionPolicy", `metadata: { name: p }\nspec: { ${spec} }`);
const bind = (spec: string): string =>
  head(ADMISSION, "ValidatingAdmissionPolicyBinding", `metadata: { name: b }\nspec: { ${spec} }`);
const hook = (spec: string): string =>
  head(ADMISSION, "ValidatingWebhookConfiguration", `metadata: { name: w }\nwebhooks: [${spec}]`);
const kyverno = (spec: string): string =>
  head("kyverno.io/v1", "ClusterPolicy", `metadata: { name: k }\nspec: { ${spec} }`);
const constraint = (spec: string): string =>
  head("constraints.gatekeeper.sh/v1beta1", "K8sLabels", `metadata: { name: c }\nspec: { ${spec} }`);
const project = (spec: string): string =>
  head("argoproj.io/v1alpha1", "AppProject", `metadata: { name: a, namespace: argocd }\nspec: { ${spec} }`);
const space = (labels: string): string => head("v1", "Namespace", `metadata: { name: shop, labels: { ${labels} } }`);
const network = (spec: string): string =>
  head("networking.k8s.io/v1", "NetworkPolicy", `metadata: { name: n, namespace: shop }\nspec: { ${spec} }`);
const quota = (hard: string): string =>
  head("v1", "ResourceQuota", `metadata: { name: q, namespace: shop }\nspec: { hard: { ${hard} } }`);
const range = (max: string): string =>
  head(
    "v1",
    "LimitRange",
    `metadata: { name: l, namespace: shop }\nspec: { limits: [{ type: Container, max: { ${max} } }] }`,
  );
const budget = (spec: string): string =>
  head("policy/v1", "PodDisruptionBudget", `metadata: { name: d, namespace: shop }\nspec: { ${spec} }`);
const role = (rules: string): string =>
  head("rbac.authorization.k8s.io/v1", "ClusterRole", `metadata: { name: r }\nrules: [${rules}]`);
const subjects = (names: string): string =>
  head(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    `metadata: { name: r }\nsubjects: [${names}]\nroleRef: { kind: ClusterRole, name: view }`,
  );

test.each<[string, string, string, string]>([
  [
    "an admission policy fails open",
    policy("failurePolicy: Fail"),
    policy("failurePolicy: Ignore"),
    'deny p: spec.failurePolicy was "Fail" and is "Ignore"',
  ],
  [
    "a validation goes",
    policy("validations: [{ expression: a }, { expression: b }]"),
    policy("validations: [{ expression: a }]"),
    "deny p: it no longer has the validation",
  ],
  [
    "a validation is rewritten",
    policy("variables: [{ name: a, expression: a }]"),
    policy('variables: [{ name: a, expression: "true" }]'),
    "warn p: what it admits changes",
  ],
  [
    "a binding no longer denies",
    bind("validationActions: [Deny, Audit]"),
    bind("validationActions: [Audit]"),
    'deny b: it no longer has the action "Deny"',
  ],
  [
    "a binding is confined",
    bind("policyName: p"),
    bind("policyName: p, matchResources: { namespaceSelector: { matchLabels: { a: b } } }"),
    "deny b: it now applies only to the resources it matches",
  ],
  [
    "a webhook goes",
    hook("{ name: a }, { name: b }"),
    hook("{ name: b }"),
    'deny w: it no longer calls the webhook "a"',
  ],
  [
    "a webhook is ignored",
    hook("{ name: a, failurePolicy: Fail }"),
    hook("{ name: a, failurePolicy: Ignore }"),
    'deny w: failurePolicy was "Fail" and is "Ignore"',
  ],
  [
    "Kyverno only audits",
    kyverno("validationFailureAction: Enforce"),
    kyverno("validationFailureAction: Audit"),
    'deny k: spec.validationFailureAction was "Enforce" and is "Audit"',
  ],
  [
    "a rule of Kyverno gets an exclusion",
    kyverno("rules: [{ name: a }]"),
    kyverno("rules: [{ name: a, exclude: { any: [{ a: b }] } }]"),
    "deny k: its rule now excludes objects",
  ],
  [
    "a constraint only warns",
    constraint("match: { scope: '*' }"),
    constraint("match: { scope: '*' }, enforcementAction: warn"),
    'deny c: spec.enforcementAction was "deny" and is "warn"',
  ],
  [
    "a constraint leaves out a Namespace",
    constraint("match: { scope: '*' }"),
    constraint("match: { scope: '*', excludedNamespaces: [shop] }"),
    "deny c: it now has match.excludedNamespaces",
  ],
  [
    "a project opens to all",
    project("sourceRepos: [a]"),
    project("sourceRepos: [a, '*']"),
    "deny a: it also deploys from *",
  ],
  [
    "a project gets a repository",
    project("sourceRepos: [a]"),
    project("sourceRepos: [a, b]"),
    "warn a: it also deploys from b",
  ],
  [
    "a project allows a cluster resource",
    project("clusterResourceBlacklist: [{ group: '', kind: Node }]"),
    project("clusterResourceBlacklist: []"),
    "deny a: it no longer forbids a cluster resource",
  ],
  [
    "a Pod Security label is weaker",
    space("pod-security.kubernetes.io/enforce: restricted"),
    space("pod-security.kubernetes.io/enforce: baseline"),
    "deny shop: it enforced the Pod Security Standard restricted and now enforces baseline",
  ],
  [
    "a Pod Security label goes",
    space("pod-security.kubernetes.io/enforce: baseline"),
    space("a: b"),
    "deny shop: it enforced the Pod Security Standard baseline and now enforces none",
  ],
  [
    "a network policy lets more in",
    network("podSelector: {}, ingress: []"),
    network("podSelector: {}, ingress: [{}]"),
    "warn n: it has another ingress rule",
  ],
  [
    "a network policy isolates less",
    network("podSelector: {}, policyTypes: [Ingress, Egress]"),
    network("podSelector: {}, policyTypes: [Ingress]"),
    'warn n: it no longer isolates "Egress"',
  ],
  [
    "a network policy selects fewer",
    network("podSelector: {}"),
    network("podSelector: { matchLabels: { a: b } }"),
    "warn n: it selects fewer Pods",
  ],
  [
    "a quota grows",
    quota('pods: "10", cpu: 500m'),
    quota('pods: "20", cpu: "0.5"'),
    "warn q: the quota of pods was 10 and is 20",
  ],
  ["a quota goes", quota('pods: "10", cpu: 500m'), quota("cpu: 500m"), "warn q: the quota of pods is removed"],
  [
    "a maximum grows",
    range("memory: 1Gi"),
    range("memory: 2Gi"),
    "warn l: the maximum of memory for a Container was 1Gi and is 2Gi",
  ],
  [
    "fewer Pods must stay",
    budget("minAvailable: 50%"),
    budget("minAvailable: 25%"),
    "warn d: minAvailable was 50% and is 25%",
  ],
  [
    "more Pods may go",
    budget("maxUnavailable: 1"),
    budget("maxUnavailable: 3"),
    "warn d: maxUnavailable was 1 and is 3",
  ],
  [
    "a role grants more",
    role("{ apiGroups: [''], resources: [pods], verbs: [get] }"),
    role("{ apiGroups: [''], resources: [pods, secrets], verbs: [get] }"),
    "warn r: it also grants get on secrets",
  ],
  [
    "a binding binds more",
    subjects("{ kind: Group, name: a }"),
    subjects("{ kind: Group, name: a }, { kind: Group, name: b }"),
    'warn r: it also binds "b"',
  ],
])("%s", (_, before, after, expected) => {
  const [level, name, ...what] = expected.split(" ");
  const found = change(before, after).map((line) => line.replace(/: \w+ \S+:/, ":"));
  expect(found).toEqual([`${level} changes/guardrail ${name?.replace(":", "")}: ${what.join(" ")}`]);
});

test.each<[string, string, string]>([
  ["stricter rules", policy("failurePolicy: Ignore"), policy("failurePolicy: Ignore")],
  [
    "a stricter standard",
    space("pod-security.kubernetes.io/enforce: baseline"),
    space("pod-security.kubernetes.io/enforce: restricted"),
  ],
  ["a smaller quota, written otherwise", quota("memory: 1Gi"), quota("memory: 512Mi")],
  [
    "a network policy without one of its rules",
    network("podSelector: {}, ingress: [{}]"),
    network("podSelector: {}, ingress: []"),
  ],
  [
    "a role with rules split and sorted",
    role("{ apiGroups: [''], resources: [pods, secrets], verbs: [get] }"),
    role(
      "{ apiGroups: [''], resources: [secrets], verbs: [get] }, { apiGroups: [''], resources: [pods], verbs: [get] }",
    ),
  ],
  [
    "a role under a wildcard",
    role("{ apiGroups: ['*'], resources: ['*'], verbs: [get] }"),
    role("{ apiGroups: [apps], resources: [deployments], verbs: [get] }"),
  ],
  [
    "a subject that goes",
    subjects("{ kind: Group, name: a }, { kind: Group, name: b }"),
    subjects("{ kind: Group, name: a }"),
  ],
  [
    "a certificate of a webhook",
    hook("{ name: a, clientConfig: { caBundle: YQ== } }"),
    hook("{ name: a, clientConfig: { caBundle: Yg== } }"),
  ],
])("nothing is found for %s", (_, before, after) => {
  expect(change(before, after)).toEqual([]);
});

test.each<[string, string, string]>([
  ["an admission binding", bind("policyName: p"), "deny"],
  ["a constraint", constraint("match: {}"), "deny"],
  ["a policy of Kyverno", kyverno("rules: []"), "deny"],
  ["a quota", quota("pods: 1"), "warn"],
  ["a network policy", network("podSelector: {}"), "warn"],
  ["a disruption budget", budget("selector: { matchLabels: { app: other } }"), "warn"],
])("the deletion of %s is found", (_, before, level) => {
  const found = change(before, undefined);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(new RegExp(`^${level} changes/guardrail .* leaves the desired state; Owner a/b prunes it$`));
});

test("a guardrail goes unmentioned with what it selects, and with all else of its Namespace", () => {
  const selecting = manifest(budget("selector: { matchLabels: { app: web } }"), from);
  const other = manifest(head("v1", "ConfigMap", "metadata: { name: c, namespace: shop }"), from);
  expect(dangersOf(state([app, other, selecting], [owner]), state([other], [owner]))).toEqual([]);
  const all = manifest(network("podSelector: {}"), from);
  expect(dangersOf(state([app, all], [owner]), state([], [owner]))).toEqual([]);
});

test("a guardrail that its tool keeps is information", () => {
  const keeper = source("Owner a/b", "flux-kustomization", { prune: false });
  const found = dangersOf(state([manifest(bind("policyName: p"), from)], [keeper]), state([], [keeper]));
  expect(found).toEqual([
    "info changes/guardrail b: ValidatingAdmissionPolicyBinding b leaves the desired state; it stays in the cluster: Owner a/b does not prune",
  ]);
});
