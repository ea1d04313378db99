import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startGitHub, type SimulatedGitHub } from "../support/github/server.ts";
import { commit, deployment, listed, overlays, repositoryWith, rollback, way } from "./rollback-repository.ts";
import { git } from "./run-portcullis.ts";

let github: SimulatedGitHub;
beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.close());

const rules = { "policies/main.rego": 'package main\n\ndeny contains "never" if input.kind == "Nothing"\n' };
test("a state that cannot be rendered is not known, and the gate could not judge it", async () => {
  const overlay = "overlays/production/kustomization.yaml";
  const repository = repositoryWith(
    { ...overlays, [overlay]: "resources: [../../base, missing.yaml]\n" },
    { [overlay]: "resources: [../../base]\n" },
  );
  const found = await way(repository, ["production"]);
  expect(found).toMatchObject({
    unknown: [expect.stringMatching(/^overlays\/production: .*missing\.yaml/)],
    gate: { verdict: "error", blocking: [{ path: overlay, line: 1 }] },
  });
  const { out } = await rollback(repository, ["production"]);
  expect(out).toContain("not rendered, so not compared: overlays/production");
  expect(out).toContain("what it cannot undo is not known");
});

const kustomization = (path: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: web, namespace: flux-system }
spec: { prune: true, path: ${path}, sourceRef: { kind: GitRepository, name: flux-system } }
`;

test("Flux: the Kustomization goes back with what it applies", async () => {
  const repository = repositoryWith(
    {
      ...rules,
      "portcullis.yaml": "version: 1\npolicies: [policies]\n",
      "clusters/production/web.yaml": kustomization("./apps/v1"),
      "clusters/staging/web.yaml": kustomization("./apps/v1"),
      "apps/v1/web.yaml": deployment("1"),
    },
    { "apps/v2/web.yaml": deployment("2"), "clusters/production/web.yaml": kustomization("./apps/v2") },
  );
  const { environments } = await listed(repository);
  const named = environments.filter(({ environment }) => environment !== undefined);
  expect(named.map(({ environment, states }) => [environment, states.length])).toEqual([
    ["production", 2],
    ["staging", 1],
  ]);
  const found = await way(repository, ["production"]);
  expect(found.images).toMatchObject([{ before: "web:2", after: "web:1" }]);
  expect(found.paths.map(({ path }) => path)).toContain("clusters/production/web.yaml");
  expect(found.shared.map(({ environment }) => environment)).not.toContain("staging");
});

const application = (cluster: string, path: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web-${cluster}, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io] }
spec:
  project: default
  destination: { name: ${cluster}, namespace: shop }
  source: { repoURL: "https://github.com/acme/gitops", path: ${path}, targetRevision: HEAD }
  syncPolicy: { automated: { prune: true } }
`;

test("Argo CD: an Application that renders another path goes back with its file", async () => {
  const repository = repositoryWith(
    {
      ...rules,
      "portcullis.yaml": 'version: 1\npolicies: [policies]\nrepositories: ["https://github.com/acme/gitops"]\n',
      "argocd/production.yaml": application("production", "web/v1"),
      "argocd/staging.yaml": application("staging", "web/v1"),
      "web/v1/web.yaml": deployment("1"),
    },
    {
      "web/v2/web.yaml": deployment("2"),
      "web/v2/extra.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: extra, namespace: shop }\n",
      "argocd/production.yaml": application("production", "web/v2"),
    },
  );
  const found = await way(repository, ["production"]);
  expect(found.images).toMatchObject([{ before: "web:2", after: "web:1" }]);
  expect(found.changes.map(({ kind, manifest }) => [kind, manifest.kind])).toContainEqual(["deleted", "ConfigMap"]);
  expect(found.paths.map(({ path }) => path)).toContain("argocd/production.yaml");
  expect(found.losses).toEqual([{ kind: "prune", message: expect.stringMatching(/changes and prunes .*1 ConfigMap/) }]);
  expect(found.shared).toEqual([]);
});

test("GitHub tells which commits passed, and what it does not tell is not known", async () => {
  const files = Object.fromEntries(Object.entries(overlays).filter(([, text]) => text !== null)) as {
    readonly [path: string]: string;
  };
  const hosted = await github.createRepository({ files });
  const directory = repositoryWith();
  git(directory, "fetch", "-q", hosted.directory, "main");
  git(directory, "reset", "-q", "--hard", "FETCH_HEAD");
  const env = {
    GITHUB_TOKEN: github.tokenOf(hosted.owner),
    GITHUB_API_URL: github.apiUrl,
    GITHUB_REPOSITORY: `${hosted.owner.login}/${hosted.name}`,
    PORTCULLIS_APP_ID: String(github.appId),
  };
  const known = async (more: object = {}): Promise<unknown> =>
    (await listed(directory, ["--limit", "1"], { ...env, ...more })).environments[0]?.states[0]?.check;
  expect(await known()).toEqual({ state: "unknown", reason: "not judged" });
  expect(await known({ PORTCULLIS_APP_ID: "" })).toEqual({ state: "unknown", reason: "no --app-id" });
  expect(await known({ GITHUB_REPOSITORY: "" })).toEqual({ state: "unknown", reason: "no --repository" });
  expect(await known({ GITHUB_TOKEN: "wrong" })).toMatchObject({
    state: "unknown",
    reason: expect.stringMatching(/^GitHub did not answer: /),
  });
  commit(directory, { "base/web.yaml": deployment("2") }, "only here");
  expect(await known()).toMatchObject({ state: "unknown" });
});
