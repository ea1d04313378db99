import type { Problem } from "../../../src/model/problem.ts";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { Manifest } from "../../../src/model/manifest.ts";
import type { Tree } from "../../../src/model/tree.ts";
import type { DesiredState } from "../../../src/render/desired-state.ts";
import { findDesiredState } from "../../../src/render/find-desired-state.ts";
import { scopeOf } from "../../../src/render/files/scope.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { directoryTree } from "../../../src/tree/directory-tree.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import type { Files } from "./plan.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1, memoryLimitMiB: 512 });
afterAll(() => {
  renderer.close();
});

function desired(tree: Tree): Promise<DesiredState> {
  const held = new Map<string, unknown>();
  return findDesiredState(tree, {
    scope: scopeOf(defaultConfig.manifests),
    config: defaultConfig,
    renderer,
    repositories: ["https://git.example.com/acme/fleet"],
    branches: [],
    cache: { get: (key) => held.get(key), set: (key, value) => void held.set(key, value) },
  });
}

async function manifestsOf(state: DesiredState, source: string): Promise<readonly Manifest[]> {
  const unit = state.units.find((one) => one.source.id === source);
  if (unit === undefined) throw new Error(`no source ${source}`);
  const { manifests, problems } = await unit.render();
  expect(problems).toEqual([]);
  return manifests;
}

let fleet: DesiredState;
beforeAll(async () => {
  fleet = await desired(directoryTree("fixtures/repos/flux"));
});

test("every Kustomization and HelmRelease is found in both clusters, and what is not rendered is named", () => {
  const found = fleet.graph.sources.map(({ id, environments, manifests }) => [
    id,
    environments.join(),
    manifests ?? "-",
  ]);
  const each = (environment: string): readonly unknown[] => [
    [`HelmRelease web/cache (${environment})`, environment, 1],
    [`HelmRelease web/monitoring (${environment})`, environment, "-"],
    [`Kustomization flux-system/apps (${environment})`, environment, 4],
    [`Kustomization flux-system/flux-system (${environment})`, environment, 6],
    [`Kustomization flux-system/infrastructure (${environment})`, environment, 2],
    [`Kustomization flux-system/secrets (${environment})`, environment, 1],
  ];
  const expected = [...each("production"), ...each("staging")];
  expect(found).toHaveLength(expected.length);
  expect(found).toEqual(expect.arrayContaining(expected));
  expect(fleet.graph.gaps.map(({ source, path, line }) => `${source} ${path}:${line}`).toSorted()).toEqual([
    "HelmRelease web/monitoring (production) apps/base/cache.yaml:28",
    "HelmRelease web/monitoring (staging) apps/base/cache.yaml:28",
    "Kustomization flux-system/secrets (production) clusters/production/apps.yaml:37",
    "Kustomization flux-system/secrets (staging) clusters/staging/apps.yaml:37",
  ]);
  expect([fleet.problems, fleet.violations]).toEqual([[], []]);
  expect(fleet.files.filter(({ role }) => role.kind !== "rendered")).toEqual([]);
});

test.each([
  ["production", 3],
  ["staging", undefined],
])("what %s gets: its namespace, image, number and variables", async (environment, replicas) => {
  const manifests = await manifestsOf(fleet, `Kustomization flux-system/apps (${environment})`);
  const web = manifests.find(({ identity }) => identity.kind === "Deployment");
  expect(web?.identity.namespace).toBe("web");
  expect(web?.position).toMatchObject({ path: "apps/base/web.yaml", line: 1 });
  expect(web?.value).toMatchObject({
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      template: {
        spec: {
          containers: [
            {
              image: "registry.example.com/web:2.1.0",
              env: [{ name: "PUBLIC_URL", value: `https://${environment}.example.com/home` }],
            },
          ],
        },
      },
    },
  });
});

test.each([
  [
    "an image that the Kustomization sets",
    "/spec/template/spec/containers/0/image",
    "clusters/production/apps.yaml:31",
  ],
  ["the namespace that it sets", "/metadata/namespace", "clusters/production/apps.yaml:25"],
  ["a number that the overlay sets", "/spec/replicas", "apps/production/kustomization.yaml:7"],
  ["a text with variables", "/spec/template/spec/containers/0/env/0/value", "apps/base/web.yaml:19"],
  ["what the base says", "/spec/template/spec/containers/0/name", "apps/base/web.yaml:15"],
])("%s leads to the line that says it", async (_, pointer, expected) => {
  const unit = fleet.units.find(({ source }) => source.id === "Kustomization flux-system/apps (production)");
  const reading = await unit!.render();
  await reading.prepare();
  const web = reading.manifests.find(({ identity }) => identity.kind === "Deployment");
  const { path, place } = reading.place(web!, pointer);
  expect(`${path}:${place.line}`).toBe(expected);
});

test("a release gets the values of a generated ConfigMap and its own, post-renderers and common labels", async () => {
  const [cache] = await manifestsOf(fleet, "HelmRelease web/cache (production)");
  expect(cache?.identity).toEqual({ group: "apps", kind: "Deployment", namespace: "web", name: "cache" });
  expect(cache?.value).toMatchObject({
    metadata: { labels: { team: "platform" } },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [{ image: "registry.example.com/cache:8.0", resources: { limits: { memory: "256Mi" } } }],
        },
      },
    },
  });
});

test("a variable that only the cluster knows stays as it is written", async () => {
  const [secret] = await manifestsOf(fleet, "Kustomization flux-system/secrets (staging)");
  expect(secret?.value["stringData"]).toEqual({ token: "${token}" });
});

test("a suspended release says so", () => {
  const suspended = fleet.graph.sources.filter(({ traits }) => traits?.suspended === true).map(({ id }) => id);
  expect(suspended).toEqual(["HelmRelease web/monitoring (production)", "HelmRelease web/monitoring (staging)"]);
});

const kustomization = (name: string, path: string, more = ""): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: ${name}, namespace: flux-system}
spec:
  sourceRef: {kind: GitRepository, name: flux-system}
  path: ${path}
  prune: true
${more}---
`;
const deployment = (text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: web}\ndata: {a: '${text}'}\n`;

const hostile: readonly (readonly [string, Files, RegExp | undefined])[] = [
  [
    "Kustomizations that apply each other",
    { "a/ks.yaml": kustomization("a", "./b"), "b/ks.yaml": kustomization("b", "./a") },
    undefined,
  ],
  ["a Kustomization that applies the directory it stands in", { "a/ks.yaml": kustomization("a", "./a") }, undefined],
  ["a Kustomization that applies everything, itself too", { "ks.yaml": kustomization("a", "./") }, undefined],
  [
    "a Kustomization that yields itself by another name",
    { "a/ks.yaml": kustomization("a", "./a", "  nameSuffix: x\n") },
    undefined,
  ],
  [
    "a variable that stands for itself",
    {
      "ks.yaml": kustomization("a", "./a", "  postBuild: {substitute: {v: '${v}${v}'}}\n"),
      "a/x.yaml": deployment("${v}${v}"),
    },
    undefined,
  ],
  [
    "text that grows to hundreds of megabytes",
    {
      "ks.yaml": kustomization("a", "./a", `  postBuild: {substitute: {v: '${"x".repeat(20_000)}'}}\n`),
      "a/x.yaml": deployment("${v}".repeat(20_000)),
    },
    /limits|memory|cannot be rendered|cannot be read/,
  ],
  [
    "an expression without an end",
    {
      "ks.yaml": kustomization("a", "./a", "  postBuild: {substitute: {v: x}}\n"),
      "a/x.yaml": deployment("${v:-${v:-${v"),
    },
    /cannot be rendered/,
  ],
];

test.each(hostile)("%s comes to an end, and the next is unharmed", async (_, files, problem) => {
  const state = await desired(memoryTree(files));
  const problems: Problem[] = [...state.problems];
  for (const unit of state.units) problems.push(...(await unit.render()).problems);
  const messages = problems.map(({ message }) => message);
  expect(messages).toEqual(problem === undefined ? [] : expect.arrayContaining([expect.stringMatching(problem)]));
  const next = await desired(memoryTree({ "ks.yaml": kustomization("a", "./a"), "a/x.yaml": deployment("fine") }));
  expect(await manifestsOf(next, "Kustomization flux-system/a")).toHaveLength(1);
});
