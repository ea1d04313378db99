import { expect, test } from "@jest/globals";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import { projectViolations } from "../../../src/render/argocd/project-violations.ts";
import { planFile, type PlanOptions } from "./plan-files.ts";

const project = (spec: string): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: team, namespace: argocd }
spec: { ${spec} }
`;
const anywhere = "destinations: [{ server: '*', namespace: '*' }]";
const any = `${anywhere}, sourceRepos: ['*']`;

const application = (destination: string, more = ""): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: ${more || "argocd"} }
spec:
  project: team
  destination: ${destination}
  source:
    repoURL: https://git.example/acme/Deploy.git
    path: plain
`;

const home = "{ server: https://kubernetes.default.svc, namespace: shop }";
const clusters = [{ name: "prod", server: "https://10.0.0.1", labels: {}, annotations: {} }];

async function refused(spec: string, text: string, options: PlanOptions = {}): Promise<readonly string[]> {
  const files = { "app.yaml": text, "project.yaml": project(spec), "plain/a.yaml": "" };
  const { violations, plans, problems } = await planFile("app.yaml", files, { config: { clusters }, ...options });
  expect(problems).toEqual([]);
  return [
    ...violations.map(({ violation }) => `${violation.cause.pointer}: ${violation.message}`),
    ...(plans[0]?.gaps ?? []).map(({ reason }) => `gap: ${reason}`),
  ];
}

const denies = (pointer: string, what: string): string => `${pointer}: AppProject team does not permit ${what}`;
const namespaced = (cluster: string): string => `namespace shop of cluster ${cluster} as a destination`;
const local = "https://kubernetes.default.svc";

test.each<[string, string, string, readonly string[]]>([
  ["everything", any, home, []],
  ["nothing", "sourceRepos: ['*']", home, [denies("/spec/destination/server", namespaced(local))]],
  ["its namespace", "sourceRepos: ['*'], destinations: [{ server: '*', namespace: sho? }]", home, []],
  [
    "another namespace",
    "sourceRepos: ['*'], destinations: [{ server: '*', namespace: 'team-*' }]",
    home,
    [denies("/spec/destination/namespace", namespaced(local))],
  ],
  ["its cluster by name", "sourceRepos: ['*'], destinations: [{ name: in-cluster, namespace: '*' }]", home, []],
  [
    "its cluster by the server that the configuration knows",
    "sourceRepos: ['*'], destinations: [{ server: 'https://10.0.0.*', namespace: '*' }]",
    "{ name: prod, namespace: shop }",
    [],
  ],
  [
    "another cluster",
    "sourceRepos: ['*'], destinations: [{ name: staging, namespace: '*' }]",
    "{ name: prod, namespace: shop }",
    [denies("/spec/destination/name", namespaced("prod"))],
  ],
  [
    "all but its cluster",
    `sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }, { name: '!prod', namespace: '*' }]`,
    "{ name: prod, namespace: shop }",
    [denies("/spec/destination/name", namespaced("prod"))],
  ],
  [
    "all but its namespace",
    `sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }, { server: '*', namespace: '!shop' }]`,
    home,
    [denies("/spec/destination/namespace", namespaced(local))],
  ],
  [
    "a server that nobody knows the name of",
    "sourceRepos: ['*'], destinations: [{ server: 'https://10.*', namespace: '*' }]",
    "{ name: edge, namespace: shop }",
    [
      "gap: it is not known whether AppProject team permits cluster edge: add the cluster with its server under clusters in the configuration",
    ],
  ],
  ["its repository by glob", `${anywhere}, sourceRepos: ['https://git.example/acme/*']`, home, []],
  ["its repository, written otherwise", `${anywhere}, sourceRepos: ['https://GIT.example/acme/deploy']`, home, []],
  [
    "repositories one level up",
    `${anywhere}, sourceRepos: ['https://git.example/*']`,
    home,
    [denies("/spec/source/repoURL", "the repository https://git.example/acme/Deploy.git")],
  ],
  [
    "all but its repository",
    `${anywhere}, sourceRepos: ['*', '!https://git.example/acme/**']`,
    home,
    [denies("/spec/source/repoURL", "the repository https://git.example/acme/Deploy.git")],
  ],
])("a project that permits %s", async (_, spec, destination, expected) => {
  expect(await refused(spec, application(destination))).toEqual(expected);
});

test.each([
  ["shop", "", [denies("/metadata/namespace", "Applications in namespace shop")]],
  ["shop", ", sourceNamespaces: ['sh*']", []],
  ["shop", ", sourceNamespaces: ['/^s.op$/']", []],
  ["shop", ", sourceNamespaces: ['/(/']", [denies("/metadata/namespace", "Applications in namespace shop")]],
])("an Application in namespace %s of a project with%s", async (namespace, more, expected) => {
  expect(await refused(any + more, application(home, namespace))).toEqual(expected);
});

const globalProject = (spec: string): string => `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: everyone, namespace: argocd }
spec: { ${spec} }
`;
const settings = (selector: string): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: argocd-cm, namespace: argocd }
data:
  globalProjects: |
    - projectName: everyone
      labelSelector: ${selector}
`;

test.each([
  ["a selector of all projects", "{}", []],
  ["a selector of its label", "{ matchExpressions: [{ key: kind, operator: In, values: [team] }] }", []],
  ["a selector of other labels", "{ matchLabels: { kind: system } }", ["the repository"]],
  ["a selector that Kubernetes refuses", "{ matchExpressions: [{ key: kind, operator: Like }] }", ["the repository"]],
])("global projects extend a project by %s", async (_, selector, expected) => {
  const { violations } = await planFile("app.yaml", {
    "app.yaml": application(home),
    "project.yaml": project(anywhere).replace("name: team,", "name: team, labels: { kind: team },"),
    "global.yaml": globalProject("sourceRepos: ['https://git.example/acme/*']"),
    "settings.yaml": settings(selector),
    "plain/a.yaml": "",
  });
  expect(violations.map(({ violation }) => violation.message)).toEqual(
    expected.map((what) => expect.stringContaining(what)),
  );
});

test("a global project may list the kinds of a project that lists none, and so limits it", async () => {
  const { plans } = await planFile("app.yaml", {
    "app.yaml": application(home),
    "project.yaml": project(any),
    "global.yaml": globalProject("namespaceResourceWhitelist: [{ group: '', kind: ConfigMap }]"),
    "settings.yaml": settings("{}"),
    "plain/a.yaml": "",
  });
  const manifests = readManifests(
    "plain/a.yaml",
    new TextEncoder().encode(`apiVersion: v1
kind: ConfigMap
metadata: { name: a, namespace: shop }
---
apiVersion: v1
kind: Service
metadata: { name: b, namespace: shop }
`),
  ).manifests;
  const [limits] = plans[0]?.projects ?? [];
  expect(limits && projectViolations(limits, manifests).map(({ violation }) => violation.message)).toEqual([
    "AppProject team does not permit Service",
  ]);
});

test("a violation stands where the Application says it", async () => {
  const { violations } = await planFile("app.yaml", {
    "app.yaml": application(home),
    "project.yaml": project("sourceRepos: []"),
    "plain/a.yaml": "",
  });
  expect(violations[0]).toMatchObject({
    manifest: { identity: { kind: "Application", name: "web" } },
    violation: { policy: "argocd/project", rule: "deny", level: "deny", cause: { pointer: "/spec/source/repoURL" } },
  });
});

test("a project that is not in the tree is told only where others are", async () => {
  const files = { "app.yaml": application(home), "plain/a.yaml": "" };
  expect((await planFile("app.yaml", files)).plans[0]?.gaps).toEqual([]);
  const others = { ...files, "project.yaml": project(any).replace("team", "other") };
  expect((await planFile("app.yaml", others)).plans[0]?.gaps).toMatchObject([
    { line: 5, reason: "AppProject team is not in this tree, so what it permits is not checked" },
  ]);
});

test.each([
  ["applications: ['w*']", true],
  ["clusters: [prod]", false],
  ["clusters: [in-cluster], namespaces: [other]", true],
  ["clusters: [in-cluster], namespaces: [other], andOperator: true", false],
  ["manualSync: true", false],
])("a sync window of %s concerns the source: %s", async (window, concerns) => {
  const spec = `${any}, syncWindows: [{ kind: deny, schedule: '0 22 * * *', duration: 8h, ${window} }]`;
  const files = { "app.yaml": application(home), "project.yaml": project(spec), "plain/a.yaml": "" };
  const { plans } = await planFile("app.yaml", files);
  expect(plans[0]?.source.traits?.syncWindows).toEqual(concerns ? ["deny 0 22 * * * for 8h"] : undefined);
});

const rendered = `
{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }
---
{ apiVersion: v1, kind: Secret, metadata: { name: a, namespace: shop } }
---
{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a, namespace: other } }
---
{ apiVersion: example.com/v1, kind: Widget, metadata: { name: a } }
`;

test.each<[string, string, readonly string[]]>([
  ["all kinds", `${any}, clusterResourceWhitelist: [{ group: '*', kind: '*' }]`, []],
  ["no cluster-scoped kinds, as by default", any, ["Namespace /kind: AppProject team does not permit Namespace"]],
  ["one Namespace by name", `${any}, clusterResourceWhitelist: [{ group: '', kind: Namespace, name: 'sh*' }]`, []],
  [
    "all but Namespaces",
    `${any}, clusterResourceWhitelist: [{ group: '*', kind: '*' }], clusterResourceBlacklist: [{ group: '', kind: Namespace }]`,
    ["Namespace /kind: AppProject team does not permit Namespace"],
  ],
  [
    "few kinds",
    `${any}, clusterResourceWhitelist: [{ group: '*', kind: '*' }], namespaceResourceWhitelist: [{ group: apps, kind: 'Deploy*' }]`,
    ["Secret /kind: AppProject team does not permit Secret"],
  ],
  [
    "no Deployments",
    `${any}, clusterResourceWhitelist: [{ group: '*', kind: '*' }], namespaceResourceBlacklist: [{ group: '*', kind: Deployment }]`,
    ["Deployment /kind: AppProject team does not permit apps/Deployment"],
  ],
  [
    "one namespace",
    "destinations: [{ server: '*', namespace: shop }], sourceRepos: ['*'], clusterResourceWhitelist: [{ group: '*', kind: '*' }]",
    ["Deployment /metadata/namespace: AppProject team does not permit namespace other as a destination"],
  ],
  [
    "nothing of a kind whose scope nobody knows",
    `${any}, clusterResourceWhitelist: [{ group: '', kind: Namespace }], namespaceResourceBlacklist: [{ group: example.com, kind: '*' }]`,
    ["Widget /kind: AppProject team does not permit example.com/Widget"],
  ],
])("rendered manifests under a project that permits %s", (_, spec, expected) => {
  const [manifest] = parse(project(spec));
  const found = projectViolations(
    { manifest: manifest!, destination: { name: "prod", server: "https://10.0.0.1" } },
    parse(rendered),
  );
  expect(
    found.map(
      ({ manifest: { identity }, violation }) => `${identity.kind} ${violation.cause.pointer}: ${violation.message}`,
    ),
  ).toEqual(expected);
});

function parse(text: string): readonly Manifest[] {
  return readManifests("a.yaml", new TextEncoder().encode(text)).manifests;
}
