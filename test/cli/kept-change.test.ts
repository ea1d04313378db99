import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { directoryWith, git, portcullis, write, type Ran } from "./run-portcullis.ts";

// What a check of a change says must not depend on what earlier checks of other changes left in the cache.

const cache = mkdtempSync(join(tmpdir(), "portcullis-kept-change-"));
afterAll(() => rmSync(cache, { recursive: true }));

const policy = `package main

import rego.v1

deny contains msg if {
  some container in input.spec.template.spec.containers
  endswith(container.image, ":latest")
  msg := sprintf("%s uses latest", [container.name])
}
`;
const deployment = (name: string, image: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: "${image}" }] }
`;
const applications = (...names: readonly string[]): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all, namespace: argocd }
spec:
  goTemplate: true
  generators: [{ list: { elements: [${names.map((name) => `{ name: ${name} }`).join(", ")}] } }]
  template:
    metadata: { name: "{{ .name }}" }
    spec:
      project: default
      source: { repoURL: "https://example.com/repo.git", path: "apps/{{ .name }}", targetRevision: HEAD }
      destination: { name: production, namespace: "{{ .name }}" }
`;
const project = (kinds: string): string => `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: { name: default, namespace: argocd }
spec:
  sourceRepos: ["*"]
  destinations: [{ name: "*", namespace: "*" }]
  namespaceResourceWhitelist: ${kinds}
`;
const crd = (type: string): string => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.com }
spec:
  group: example.com
  names: { kind: Widget, plural: widgets }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { size: { type: ${type} } } } } } }
`;

const base = {
  "policy/p.rego": policy,
  "apps/web/kustomization.yaml": "resources: [../../bases/web]\npatches: [{ path: patch.yaml }]\n",
  "apps/web/patch.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: 2 }\n",
  "apps/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
  "apps/api/values.yaml": "tag: latest\n",
  "apps/api/templates/d.yaml": deployment("api", "api:{{ .Values.tag }}"),
  "bases/web/kustomization.yaml": "resources: [web.yaml]\n",
  "bases/web/web.yaml": deployment("web", "web:1"),
  "plain/job.yaml": deployment("job", "job:latest"),
  "plain/widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec: { size: 3 }\n",
  "crds/widget.yaml": crd("integer"),
  "argocd/all.yaml": applications("web", "api"),
  "argocd/project.yaml": project('[{ group: "*", kind: "*" }]'),
};

/** What a change alters, and what it introduces or fixes. */
const changes: readonly (readonly [string, { readonly [path: string]: string }, readonly string[]])[] = [
  ["the base of a root", { "bases/web/web.yaml": deployment("web", "web:latest") }, ["web uses latest: introduced"]],
  ["a patch", { "apps/web/patch.yaml": base["apps/web/patch.yaml"].replace("2", "3") }, []],
  [
    "a new file of a chart",
    { "apps/api/templates/e.yaml": deployment("extra", "extra:latest") },
    ["extra uses latest: introduced"],
  ],
  ["the values of a chart", { "apps/api/values.yaml": "tag: '2'\n" }, ["api uses latest: fixed"]],
  ["a plain file", { "plain/job.yaml": deployment("job", "job:1") }, ["job uses latest: fixed"]],
  [
    "a CRD that others are judged by",
    { "crds/widget.yaml": crd("string") },
    ["spec.size: expected string, found number 3: introduced"],
  ],
  ["what an ApplicationSet generates", { "argocd/all.yaml": applications("api") }, []],
  [
    "an AppProject",
    { "argocd/project.yaml": project('[{ group: "", kind: Service }]') },
    Array.from({ length: 2 }, () => "AppProject default does not permit apps/Deployment: introduced"),
  ],
  ["a kustomization for plain files", { "plain/kustomization.yaml": "resources: [job.yaml]\n" }, []],
];

let directory = "";
beforeAll(() => {
  directory = directoryWith(base);
  git(directory, "init", "--quiet", "--initial-branch=main");
  git(directory, "add", "--all");
  git(directory, "commit", "--quiet", "--message=base");
  for (const [at, [, files]] of changes.entries()) {
    git(directory, "switch", "--quiet", "--create", `change-${at}`, "main");
    write(directory, files);
    git(directory, "add", "--all");
    git(directory, "commit", "--quiet", "--message=change");
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

const check = (head: string, ...more: readonly string[]): Promise<Ran> =>
  portcullis(
    directory,
    ["check", "--base", "main", "--head", head, "-o", "json", "--now", "2027-01-31", "--show-all", ...more],
    { PORTCULLIS_CACHE_DIR: cache },
  );

// One after the other, so that each finds what those before left; then some of the first again.
const numbers = [...changes.keys(), 0, 2, 5];
test.each(numbers.map((at) => [at, changes[at]![0], changes[at]![2]] as const))(
  "change %i (%s) is judged as where nothing is kept",
  async (at, _, expected) => {
    const judged = await check(`change-${at}`);
    const { findings } = JSON.parse(judged.out) as { findings: { message: string; status: string }[] };
    const brought = findings.filter(({ status }) => status !== "existing");
    expect(brought.map(({ message, status }) => `${message}: ${status}`)).toEqual(expected);
    expect(judged).toEqual(await check(`change-${at}`, "--no-cache"));
  },
);

const kept = (): readonly string[] => readdirSync(join(cache, "judged")).map((name) => join(cache, "judged", name));

test.each([
  ["a changed byte", (bytes: Buffer) => bytes.fill(bytes[500]! ^ 1, 500, 501)],
  ["a missing end", (bytes: Buffer) => bytes.subarray(0, bytes.length - 10)],
])("a change is judged anew where what was kept has %s", async (_, damage) => {
  const expected = await check("change-0");
  for (const path of kept()) writeFileSync(path, damage(readFileSync(path)));
  expect(await check("change-0")).toEqual(expected);
});

test("two changes that are judged at once are judged as each alone", async () => {
  rmSync(join(cache, "judged"), { recursive: true });
  const both = await Promise.all([check("change-0"), check("change-5")]);
  expect(both).toEqual([await check("change-0", "--no-cache"), await check("change-5", "--no-cache")]);
  expect([await check("change-0"), await check("change-5")]).toEqual(both);
});

test("the same files as a directory are judged as where nothing is kept", async () => {
  git(directory, "switch", "--quiet", "change-5");
  const whole = (...more: readonly string[]): Promise<Ran> =>
    portcullis(directory, ["check", "-o", "json", "--now", "2027-01-31", "--show-all", ...more], {
      PORTCULLIS_CACHE_DIR: cache,
    });
  const anew = await whole("--no-cache");
  expect(await whole()).toEqual(anew);
  expect(await whole()).toEqual(anew);
});
