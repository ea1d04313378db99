import { expect, test } from "@jest/globals";
import type { DesiredState } from "../../src/render/desired-state.ts";
import { stateOf, type Files } from "./found-state.ts";

const repository = (namespace = "flux-system"): string => `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: repo, namespace: ${namespace}}
spec: {url: https://github.com/acme/gitops, ref: {branch: main}}
`;

const kustomization = (name: string, path: string, more = ""): string => `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec: {path: ./${path}, prune: true, sourceRef: {kind: GitRepository, name: repo}${more}}
`;

const settings = (region: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: flux-system}
data: {REGION: ${region}}
`;

const substituted = ", postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}";
const app = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app, namespace: web}\ndata: {region: "${REGION}"}\n';

/** The regions that the app is rendered with, sorted. */
async function regions(state: DesiredState): Promise<readonly string[]> {
  const readings = await Promise.all(state.units.map((unit) => unit.render()));
  return readings
    .flatMap(({ manifests }) => manifests)
    .flatMap(({ identity, value }) =>
      identity.kind === "ConfigMap" && identity.name === "app"
        ? [String((value["data"] as { readonly region?: string }).region)]
        : [],
    )
    .toSorted();
}

const cluster = (data: string): string =>
  repository() + kustomization("settings", data) + kustomization("app", "app", substituted);

const chain = (folder: string, data: string): Files => ({
  [`${folder}/root.yaml`]: repository() + kustomization("root", `${folder}/all`),
  [`${folder}/all/all.yaml`]: kustomization("settings", data) + kustomization("app", "app", substituted),
});

const data: Files = { "data/one/s.yaml": settings("north"), "data/two/s.yaml": settings("south"), "app/app.yaml": app };

test.each<[string, Files]>([
  ["objects of one file", { "a/sync.yaml": cluster("data/one"), "b/sync.yaml": cluster("data/two") }],
  ["a chain", { ...chain("a", "data/one"), ...chain("b", "data/two") }],
  [
    "files of one folder",
    {
      "a/repo.yaml": repository(),
      "a/data.yaml": kustomization("settings", "data/one"),
      "a/apps/app.yaml": kustomization("app", "app", substituted),
      "b/repo.yaml": repository(),
      "b/data.yaml": kustomization("settings", "data/two"),
      "b/apps/app.yaml": kustomization("app", "app", substituted),
    },
  ],
  [
    "a source that both clusters have in common",
    {
      "a/sync.yaml": repository() + kustomization("settings", "data/one") + kustomization("shared", "shared"),
      "b/sync.yaml": repository() + kustomization("settings", "data/two") + kustomization("shared", "shared"),
      "shared/list.yaml": kustomization("inner", "inner"),
      "inner/list.yaml": kustomization("app", "app", substituted),
    },
  ],
])("each of two clusters is rendered with its own variables: %s", async (_, files) => {
  const state = await stateOf({ ...data, ...files });
  expect(await regions(state)).toEqual(["north", "south"]);
  expect(state.graph.gaps).toEqual([]);
});

test("a copy with the same content leaves nothing open", async () => {
  const state = await stateOf({
    "app/app.yaml": app,
    "one.yaml": settings("north"),
    "two.yaml": settings("north"),
    "sync.yaml": repository() + kustomization("app", "app", substituted),
  });
  expect(await regions(state)).toEqual(["north"]);
  expect(state.graph.gaps).toEqual([]);
});

test("a ConfigMap nearer in the tree does not win over another one that may be applied", async () => {
  const state = await stateOf({
    "app/app.yaml": app,
    "a/vars.yaml": settings("north"),
    "a/deep/decoy.yaml": settings("south"),
    "a/deep/sync.yaml": repository() + kustomization("app", "app", substituted),
  });
  expect(await regions(state)).toEqual(["${REGION}"]);
  expect(state.graph.gaps.map(({ source, reason }) => `${source}: ${reason}`)).toEqual([
    expect.stringMatching(
      /^Kustomization flux-system\/app: ConfigMap flux-system\/settings is declared differently in a\/deep\/decoy\.yaml:2 and a\/vars\.yaml:2/,
    ),
  ]);
});

test("sources of one name that lead to different places are a gap that names them", async () => {
  const state = await stateOf({
    "app/app.yaml": app,
    "one.yaml": repository(),
    "two.yaml": repository().replace("acme/gitops", "acme/other"),
    "deep/sync.yaml": kustomization("app", "app"),
  });
  expect(state.graph.gaps.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^GitRepository flux-system\/repo is declared differently in one\.yaml:2 and two\.yaml:2/),
  ]);
});

test("of several AppProjects that may be meant, each one limits", async () => {
  const project = (kinds: string): string => `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: web, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{server: "*", namespace: "*"}]
  namespaceResourceBlacklist: [${kinds}]
`;
  const state = await stateOf({
    "app/app.yaml": app,
    "apps/web.yaml": `
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: web
  source: {repoURL: https://github.com/acme/gitops, path: app}
  destination: {server: https://kubernetes.default.svc, namespace: web}
`,
    "apps/easy.yaml": project(""),
    "hard.yaml": project('{group: "", kind: ConfigMap}'),
  });
  const readings = await Promise.all(state.units.map((unit) => unit.render()));
  expect(readings.flatMap(({ violations = [] }) => violations.map(({ violation }) => violation.message))).toEqual([
    expect.stringContaining("AppProject web does not permit"),
  ]);
  expect(state.graph.gaps.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("AppProject web is declared in apps/easy.yaml:2 and hard.yaml:2"),
  ]);
});
