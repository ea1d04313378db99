import { expect, test } from "@jest/globals";
import { readManifests } from "../../../src/manifest/read-manifests.ts";
import type { JsonObject } from "../../../src/model/json.ts";
import { kustomizationStep } from "../../../src/render/flux/kustomization-step.ts";
import { buildOracle, type OracleCase } from "./oracle.ts";
import { viewOf, type Files } from "./plan.ts";

const deployment = (name: string, image = "nginx:1.0"): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {app: ${name}}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: "${image}"}]}
`;
const service =
  "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}], selector: {app: web}}\n";

const base: Files = {
  "app/kustomization.yaml": "namespace: own\nnamePrefix: p-\nresources: [web.yaml, ../shared/service.yaml]\n",
  "app/web.yaml": deployment("web", "nginx@sha256:00"),
  "shared/service.yaml": service,
  "component/kustomization.yaml":
    "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {component: 'yes'}\n",
};
const with_ = (kustomization: string): Files => ({ ...base, "app/kustomization.yaml": kustomization });

const bare: Files = {
  "app/a/z.yaml": deployment("z"),
  "app/a/nested/kustomization.yml": "namePrefix: nested-\nresources: [x.yaml]\n",
  "app/a/nested/x.yaml": deployment("x"),
  "app/a/nested/deep/kustomization.yaml": "resources: [not-there.yaml]\n",
  "app/a.yml": deployment("a"),
  "app/b/c/d.yaml": `${deployment("d1")}---\n${deployment("d2")}`,
  "app/empty.yaml": "# nothing\n",
  "app/list.yaml": `apiVersion: v1\nkind: List\nitems:\n- ${service.trimEnd().replaceAll("\n", "\n  ")}\n`,
  "app/notes.md": "x",
  "app/data.json": '{"not": "a manifest"}',
  "app/.hidden.yaml": deployment("hidden"),
};

const cases: readonly (readonly [string, Files, JsonObject])[] = [
  ["nothing to merge", base, {}],
  ["namespace, prefix and suffix", base, { targetNamespace: "prod", namePrefix: "a-", nameSuffix: "-z" }],
  [
    "patches after those of the kustomization",
    with_(
      "resources: [web.yaml]\npatches:\n- patch: '[{op: add, path: /metadata/annotations, value: {a: own}}]'\n  target: {kind: Deployment}\n",
    ),
    {
      patches: [
        { patch: "- op: replace\n  path: /metadata/annotations/a\n  value: flux\n", target: { kind: "Deployment" } },
        { patch: "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n" },
      ],
    },
  ],
  [
    "patches by selectors",
    base,
    {
      patches: [
        {
          patch: "- op: add\n  path: /spec/replicas\n  value: 7\n",
          target: { group: "apps", version: "v1", name: "w.*", labelSelector: "app=web", unknown: "x" },
        },
      ],
    },
  ],
  [
    "deprecated patches",
    base,
    {
      patchesStrategicMerge: [
        { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas: 2 } },
      ],
      patchesJson6902: [
        {
          target: { group: "apps", version: "v1", kind: "Deployment", name: "web" },
          patch: [{ op: "add", path: "/metadata/annotations", value: { "a<b": "c&d" } }],
        },
      ],
    },
  ],
  ["images that nothing sets yet", base, { images: [{ name: "nginx", newTag: "2" }] }],
  ...(
    [
      [{ name: "nginx", newTag: "2" }],
      [{ name: "nginx", newName: "mirror/nginx" }],
      [{ name: "nginx", digest: "sha256:11" }],
      [{ name: "nginx", newTag: "3", digest: "sha256:22" }],
      [
        { name: "nginx", newTag: "3" },
        { name: "nginx", newTag: "4" },
      ],
    ] as const
  ).map(
    (images, index) =>
      [
        `images that the kustomization sets already (${index + 1})`,
        with_("resources: [web.yaml]\nimages: [{name: nginx, newName: own/nginx, newTag: '1', digest: 'sha256:33'}]\n"),
        { images },
      ] as const,
  ),
  ["components, also missing ones", base, { components: ["../component", "../nope"], ignoreMissingComponents: true }],
  ["a missing component", base, { components: ["../nope"] }],
  ["a component from elsewhere", base, { components: ["https://example.com/x"] }],
  ["build metadata", base, { buildMetadata: ["originAnnotations"] }],
  ["a kustomization of components only", with_("components: [../component]\n"), {}],
  ["an empty kustomization", with_("{}\n"), {}],
  ["an empty file for a kustomization", with_(""), { targetNamespace: "x" }],
  ["a kustomization with a field that Kustomize does not know", with_("resources: [web.yaml]\nnmaePrefix: x\n"), {}],
  [
    "deprecated fields of the kustomization",
    with_(
      "bases: [../component2]\nresources: [web.yaml]\ncommonLabels: {a: b}\nimageTags: [{name: nginx, newTag: '9'}]\n",
    ),
    { namePrefix: "x-" },
  ],
  [
    "replacements, generators and labels stay",
    with_(
      "resources: [web.yaml]\nlabels: [{pairs: {team: a}, includeSelectors: true}]\n" +
        "configMapGenerator: [{name: c, literals: [a=b]}]\ngeneratorOptions: {disableNameSuffixHash: true}\nreplicas: [{name: web, count: 5}]\n",
    ),
    { nameSuffix: "-s" },
  ],
  ["a directory without a kustomization", bare, {}],
  ["the same with a spec", bare, { targetNamespace: "prod", images: [{ name: "nginx", newTag: "5" }] }],
  ["a directory with a file that is no manifest", { ...bare, "app/values.yaml": "replicas: 1\n" }, {}],
  ["a directory with a file that is no YAML", { ...bare, "app/broken.yaml": "a: [\n" }, {}],
  ["a directory without a YAML file", { "app/README.md": "x" }, {}],
  [
    "a kustomization by another name",
    { "app/Kustomization": "resources: [web.yaml]\n", "app/web.yaml": deployment("web") },
    { namePrefix: "k-" },
  ],
];

const oracle = await buildOracle();
const compare = oracle === undefined ? test.skip : test;

compare("what is prepared for a build comes to what Flux's own generator comes to", async () => {
  const prepared = await Promise.all(cases.map(([, files, spec]) => prepare(files, spec)));
  const asked = prepared.filter((one) => typeof one !== "string");
  const built = oracle!(asked);
  const outcomes = cases.map(([name], index) => {
    const one = prepared[index]!;
    if (typeof one === "string") return { name, ours: "refused", theirs: refusedBy(oracle!, cases[index]!) };
    const { flux, ours } = built[asked.indexOf(one)]!;
    return { name, ours: effect(ours), theirs: effect(flux) };
  });
  expect(outcomes.filter(({ ours, theirs }) => JSON.stringify(ours) !== JSON.stringify(theirs))).toEqual([]);
  // The comparison would also hold between two oracles that always fail.
  expect(outcomes.filter(({ ours }) => ours !== "refused").length).toBeGreaterThan(20);
});

async function prepare(files: Files, spec: JsonObject): Promise<OracleCase | string> {
  const object = JSON.stringify({ apiVersion: "v1", kind: "Kustomization", spec });
  const [manifest] = readManifests("object.yaml", new TextEncoder().encode(object)).manifests;
  const tree = viewOf(files);
  const outcome = await kustomizationStep(tree, "app", manifest!, tree);
  if (outcome.kind === "refused") return outcome.message;
  const overrides = [...(outcome.step.overrides ?? [])].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]);
  return { files, directory: "app", kustomization: { spec }, overrides: Object.fromEntries(overrides) };
}

function refusedBy(ask: NonNullable<typeof oracle>, [, files, spec]: (typeof cases)[number]): unknown {
  return effect(ask([{ files, directory: "app", kustomization: { spec }, overrides: {} }])[0]!.flux);
}

function effect({ yaml, error }: { readonly yaml?: string; readonly error?: string }): unknown {
  if (error !== undefined) return "refused";
  const { manifests } = readManifests("built.yaml", new TextEncoder().encode(yaml ?? ""));
  return manifests.map(({ value }) => value);
}
