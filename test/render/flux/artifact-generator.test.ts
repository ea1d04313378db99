import { expect, test } from "@jest/globals";
import { gapsOf, onlyStep, plan, type Files } from "./plan.ts";

const kustomization = (path: string, artifact = "apps"): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {sourceRef: {kind: ExternalArtifact, name: ${artifact}}, path: ${path}, prune: true}
`;

const generator = (copy: string, sources = "[{alias: repo, kind: GitRepository, name: fleet}]"): string =>
  `apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: fleet, namespace: flux-system}
spec:
  sources: ${sources}
  artifacts: [{name: other, copy: []}, {name: apps, copy: ${copy}}]
`;

const files = (copy: string, path: string, more: Files = {}): Files => ({
  "clusters/prod/artifacts.yaml": generator(copy),
  "clusters/prod/apps.yaml": kustomization(path),
  "clusters/prod/source.yaml": `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "https://github.com/acme/fleet", ref: {branch: main}}
`,
  "fleet/apps/base/x.yaml": "",
  "fleet/apps/prod/x.yaml": "",
  "fleet/x.yaml": "",
  ...more,
});

test.each([
  [
    "several directories at the places they have in the repository",
    '[{from: "@repo/fleet/apps/base/**", to: "@artifact/base/"}, {from: "@repo/fleet/apps/prod/**", to: "@artifact/prod/"}]',
    "./prod",
    "fleet/apps/prod",
  ],
  ["the content of one directory", '[{from: "@repo/fleet/apps/**", to: "@artifact/"}]', "./prod", "fleet/apps/prod"],
  ["a directory by its name", '[{from: "@repo/fleet/apps/prod", to: "@artifact/"}]', "./prod", "fleet/apps/prod"],
  [
    "a directory and a file beside it",
    '[{from: "@repo/fleet/apps", to: "@artifact/"}, {from: "@repo/fleet/x.yaml", to: "@artifact/"}]',
    "apps",
    "fleet/apps",
  ],
  [
    "what any other pattern matches keeps its path",
    '[{from: "@repo/fleet/*", to: "@artifact/"}]',
    "fleet/apps/prod",
    "fleet/apps/prod",
  ],
  [
    "a path cannot leave the artifact",
    '[{from: "@repo/fleet/apps/**", to: "@artifact/"}]',
    "../../prod",
    "fleet/apps/prod",
  ],
])("an artifact that mirrors the repository is built from it: %s", async (_, copy, path, directory) => {
  const planned = await plan(files(copy, path), "Kustomization apps");
  expect(onlyStep(planned, "kustomize").path).toBe(directory);
  expect(gapsOf(planned)).toEqual([]);
});

test.each([
  [
    "files that lie otherwise",
    '[{from: "@repo/fleet/apps/**", to: "@artifact/renamed/"}]',
    /assembled from files of several directories$/,
  ],
  [
    "directories from different places",
    '[{from: "@repo/fleet/apps/**", to: "@artifact/"}, {from: "@repo/fleet/x.yaml", to: "@artifact/"}]',
    /files of several directories$/,
  ],
  [
    "unpacked archives",
    '[{from: "@repo/a.tgz", to: "@artifact/", strategy: Extract}]',
    /files by the strategy Extract$/,
  ],
  [
    "a source that is not named",
    '[{from: "@nobody/fleet/**", to: "@artifact/"}]',
    /"nobody", which its generator does not name$/,
  ],
  ["nothing", "[]", /from nothing$/],
])("an artifact that is put together otherwise is a gap: %s", async (_, copy, reason) => {
  const planned = await plan(files(copy, "."), "Kustomization apps");
  expect(gapsOf(planned)).toEqual([expect.stringMatching(reason)]);
  expect(planned.problems).toEqual([]);
});

test("an artifact that nothing makes is a gap", async () => {
  const tree = { ...files("[]", "."), "clusters/prod/apps.yaml": kustomization(".", "nothing") };
  expect(gapsOf(await plan(tree, "Kustomization apps"))).toEqual([
    "no ArtifactGenerator in this repository creates ExternalArtifact flux-system/nothing",
  ]);
});

test("an artifact made of itself comes to an end", async () => {
  const sources = "[{alias: repo, kind: ExternalArtifact, name: apps}]";
  const tree = {
    ...files("", "."),
    "clusters/prod/artifacts.yaml": generator('[{from: "@repo/**", to: "@artifact/"}]', sources),
  };
  expect(gapsOf(await plan(tree, "Kustomization apps"))).toEqual([
    "ExternalArtifact flux-system/apps is made from another ExternalArtifact",
  ]);
});

test("an artifact that several generators make differently is a gap", async () => {
  const tree = {
    ...files('[{from: "@repo/fleet/apps/prod/**", to: "@artifact/"}]', "."),
    "clusters/a-staging/artifacts.yaml": generator('[{from: "@repo/fleet/apps/base/**", to: "@artifact/"}]'),
  };
  expect(gapsOf(await plan(tree, "Kustomization apps"))).toEqual([
    expect.stringMatching(/^ExternalArtifact flux-system\/apps is made in .* and clusters\/a-staging\/artifacts\.yaml/),
  ]);
});
