import { expect, test } from "@jest/globals";
import { gapsOf, kustomizationIn, onlyStep, plan, type Files } from "./plan.ts";

const repository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: ssh://git@github.com/acme/fleet.git, ref: {branch: main}}
`;

const apps = (spec: string): string => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  sourceRef: {kind: GitRepository, name: fleet}
  path: ./apps
  prune: true
${spec}`;

const tree = (spec: string, more: Files = {}): Files => ({
  "clusters/prod/repository.yaml": repository,
  "clusters/prod/apps.yaml": apps(spec),
  "apps/kustomization.yaml": "resources: [web.yaml]\n",
  "apps/web.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
  ...more,
});

test("a kustomization that nothing is merged into is built as it stands", async () => {
  const planned = await plan(tree(""), "Kustomization apps");
  const step = onlyStep(planned, "kustomize");
  expect(step).toEqual({ kind: "kustomize", path: "apps", anywhere: true, artifact: { root: "", includes: [] } });
  expect(planned.plans[0]?.source).toEqual({
    id: "Kustomization flux-system/apps",
    kind: "flux-kustomization",
    path: "clusters/prod/apps.yaml",
    line: 1,
    environments: ["prod"],
    traits: { automated: true, prune: true, cascades: true },
  });
  expect(planned.reads).toEqual(["apps", "apps/kustomization.yaml", "clusters/prod/repository.yaml"]);
  expect([gapsOf(planned), planned.problems, planned.violations]).toEqual([[], [], []]);
});

const merges: readonly (readonly [string, string, string, object])[] = [
  ["targetNamespace replaces", "  targetNamespace: web\n", "namespace: old\n", { namespace: "web" }],
  [
    "prefix and suffix replace",
    "  namePrefix: a-\n  nameSuffix: -z\n",
    "namePrefix: b-\n",
    { namePrefix: "a-", nameSuffix: "-z" },
  ],
  [
    "patches follow, with the known fields of their target",
    "  patches: [{patch: x, target: {kind: Deployment, extra: no}, path: p.yaml}]\n",
    "patches: [{path: own.yaml}]\n",
    { patches: [{ path: "own.yaml" }, { patch: "x", target: { kind: "Deployment" } }] },
  ],
  [
    "deprecated patches are inlined as JSON",
    "  patchesStrategicMerge: [{kind: A}]\n  patchesJson6902: [{target: {kind: B}, patch: [{op: remove, path: /x}]}]\n",
    "",
    {
      patchesStrategicMerge: ['{"kind":"A"}'],
      patchesJson6902: [{ target: { kind: "B" }, patch: '[{"op":"remove","path":"/x"}]' }],
    },
  ],
  [
    "images merge by name, a new tag takes the old digest away",
    "  images: [{name: web, newTag: '2'}, {name: db, newName: mirror/db}]\n",
    "images: [{name: web, newName: mirror/web, digest: sha256:1}]\n",
    {
      images: [
        { name: "web", newName: "mirror/web", newTag: "2" },
        { name: "db", newName: "mirror/db" },
      ],
    },
  ],
  [
    "an image that changes its name only keeps its version",
    "  images: [{name: web, newName: mirror/web}]\n",
    "images: [{name: web, newTag: '1'}]\n",
    { images: [{ name: "web", newName: "mirror/web", newTag: "1" }] },
  ],
  [
    "components that do not exist are dropped where that is allowed",
    "  components: [../there, ../missing]\n  ignoreMissingComponents: true\n",
    "components: [own]\n",
    { components: ["own", "../there"] },
  ],
  [
    "components that do not exist are left for Kustomize to refuse",
    "  components: [../missing]\n",
    "",
    { components: ["../missing"] },
  ],
  [
    "buildMetadata replaces",
    "  buildMetadata: [transformerAnnotations]\n",
    "",
    { buildMetadata: ["transformerAnnotations"] },
  ],
  ["a field that Kustomize does not know is dropped", "", "nmaePrefix: x\n", {}],
];

test.each(merges)("%s", async (_, spec, own, expected) => {
  const files = tree(spec, {
    "apps/kustomization.yaml": `resources: [web.yaml]\n${own}`,
    "there/kustomization.yaml": "kind: Component\n",
  });
  const step = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  expect([...(step.overrides?.keys() ?? [])]).toEqual(["apps/kustomization.yaml"]);
  expect(kustomizationIn(step)).toEqual({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: ["web.yaml"],
    ...expected,
  });
});

test("a kustomization without resources says something, so that Kustomize does not refuse it", async () => {
  const files = tree("", { "apps/kustomization.yaml": "components: [../there]\n" });
  const step = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  expect(kustomizationIn(step)).toMatchObject({ components: ["../there"], buildMetadata: ["originAnnotations"] });
});

test("a directory without a kustomization gets one of all its YAML files, as Go walks them, without what is ignored", async () => {
  const files = {
    "clusters/prod/repository.yaml": repository.replace("spec: {", "spec: {ignore: /apps/skipped.yaml, "),
    "clusters/prod/apps.yaml": apps(""),
    "apps/b.yaml": "",
    "apps/a.yml": "",
    "apps/a/z.yaml": "",
    "apps/a/nested/kustomization.yaml": "",
    "apps/a/nested/deep/kustomization.yaml": "",
    "apps/a/nested/deep/x.yaml": "",
    "apps/notes.md": "",
    "apps/data.json": "",
    "apps/.hidden.yaml": "",
    "apps/skipped.yaml": "",
    "apps/ci/cloudbuild.yaml": "",
    "apps/gen/.sourceignore": "# generated\n*.yaml\n!keep.yaml\n",
    "apps/gen/out.yaml": "",
    "apps/gen/keep.yaml": "",
  };
  const step = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  expect(kustomizationIn(step)).toEqual({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [
      "./.hidden.yaml",
      "./a/nested",
      "./a/z.yaml",
      "./a.yml",
      "./b.yaml",
      // A source with patterns of its own does not leave out what Flux otherwise would.
      "./ci/cloudbuild.yaml",
      "./gen/keep.yaml",
    ],
  });
});

test("a directory without any YAML file says a namespace only", async () => {
  const files = { "r.yaml": repository, "k.yaml": apps(""), "apps/README.md": "" };
  const step = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  expect(kustomizationIn(step)).toMatchObject({ namespace: "_placeholder" });
});

const config = (name: string, data: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: flux-system}\ndata: ${data}\n`;
const secret = (name: string, rest: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: flux-system}\n${rest}\n`;

const from = (...references: readonly string[]): string =>
  `  postBuild:\n    substituteFrom: [${references.join(", ")}]\n`;

const substitutions: readonly (readonly [string, string, Files, object | undefined, readonly RegExp[]])[] = [
  ["nothing is substituted where nothing is set", "  postBuild: {}\n", {}, undefined, []],
  [
    "defaults count without variables where Flux is told so",
    "  postBuild: {substituteStrategy: Always}\n",
    {},
    { variables: {} },
    [],
  ],
  [
    "inline variables win over those of objects, later objects over earlier ones, line ends go",
    `${from("{kind: ConfigMap, name: one}", "{kind: Secret, name: two}")}    substitute: {c: inline}\n`,
    {
      "one.yaml": config("one", '{a: one, b: one, c: one, "d": "x\\ny"}'),
      "two.yaml": secret("two", `data: {b: ${btoa("two")}, c: ${btoa("two")}}\nstringData: {e: plain}`),
    },
    { variables: { a: "one", b: "two", c: "inline", d: "xy", e: "plain" } },
    [],
  ],
  [
    "an object that is missing is a gap, and what it may set stays as written",
    from("{kind: Secret, name: nowhere}"),
    {},
    { variables: {}, keepUnknown: true },
    [/^Secret flux-system\/nowhere is not in this repository: .* are not substituted$/],
  ],
  [
    "an optional object that is missing may be in the cluster all the same",
    from("{kind: ConfigMap, name: nowhere, optional: true}"),
    {},
    { variables: {}, keepUnknown: true, absent: ["ConfigMap flux-system/nowhere"] },
    [],
  ],
  [
    "an encrypted Secret is a gap",
    from("{kind: Secret, name: two}"),
    { "two.yaml": secret("two", "stringData: {a: 'ENC[AES256_GCM,data:x]'}\nsops: {mac: x}") },
    { variables: {}, keepUnknown: true },
    [/^Secret flux-system\/two is encrypted/],
  ],
  [
    "strictness is what the controller's Deployment in the tree says",
    "  postBuild: {substitute: {a: b}}\n",
    {
      "gotk.yaml":
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: kustomize-controller, namespace: flux-system}\n" +
        "spec: {template: {spec: {containers: [{args: ['--feature-gates=A=true,StrictPostBuildSubstitutions=true']}]}}}\n",
    },
    { variables: { a: "b" }, strict: true },
    [],
  ],
  [
    "variables with names of JavaScript's own are variables like others",
    "  postBuild: {substitute: {__proto__: x, constructor: z}}\n",
    {},
    {
      variables: Object.fromEntries([
        ["__proto__", "x"],
        ["constructor", "z"],
      ]),
    },
    [],
  ],
];

test.each(substitutions)("%s", async (_, spec, more, expected, gaps) => {
  const planned = await plan(tree(spec, more), "Kustomization apps");
  expect(onlyStep(planned, "kustomize").finish?.substitute).toEqual(expected);
  expect(gapsOf(planned)).toEqual(gaps.map((reason) => expect.stringMatching(reason)));
});

test("labels and annotations for all objects come after the build", async () => {
  const files = tree("  commonMetadata: {labels: {team: a}, annotations: {note: b}}\n");
  const step = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  expect(step.finish).toEqual({ metadata: { labels: { team: "a" }, annotations: { note: "b" } } });
});

const problems: readonly (readonly [string, string, RegExp])[] = [
  ["a directory that does not exist", "  path: ./nowhere\n", /spec\.path: nowhere does not exist\.$/],
  [
    "a file in place of a directory",
    "  path: ./apps/web.yaml\n",
    /spec\.path: apps\/web\.yaml is a file, not a directory\.$/,
  ],
  [
    "a component from elsewhere",
    "  path: apps\n  components: ['https://github.com/a/b']\n",
    /must be local and relative\.$/,
  ],
  ["a component of the machine", "  path: apps\n  components: ['file:///etc']\n", /must be local and relative\.$/],
  [
    "a variable without a proper name",
    "  path: apps\n  postBuild: {substitute: {a-b: c}}\n",
    /"a-b" is not a valid variable name/,
  ],
];

test.each(problems)("%s is a problem at the object", async (_, spec, message) => {
  const files = { ...tree(""), "clusters/prod/apps.yaml": apps(spec).replace("  path: ./apps\n", "") };
  const planned = await plan(files, "Kustomization apps");
  expect(planned.problems).toEqual([
    { stage: "render", path: "clusters/prod/apps.yaml", line: 1, message: expect.stringMatching(message) },
  ]);
});

test("a kustomization that cannot be read cannot be merged into", async () => {
  const planned = await plan(tree("", { "apps/kustomization.yaml": "a: [\n" }), "Kustomization apps");
  expect(planned.problems.map(({ message }) => message)).toEqual([
    "Kustomization flux-system/apps: apps/kustomization.yaml: cannot be read as a single kustomization, so nothing can be merged into it.",
  ]);
});

test("a path cannot leave the repository", async () => {
  const files = { ...tree(""), "clusters/prod/apps.yaml": apps("").replace("./apps", "../../../apps/../apps") };
  expect(onlyStep(await plan(files, "Kustomization apps"), "kustomize").path).toBe("apps");
});

const fleet = ["https://github.com/acme/fleet.git"];
const sources: readonly (readonly [string, string, readonly string[], RegExp | undefined])[] = [
  ["this repository by any of its URLs", "url: git@GitHub.com:Acme/fleet", fleet, undefined],
  ["an unknown repository with the path in it", "url: https://elsewhere/x", [], undefined],
  [
    "another repository",
    "url: https://elsewhere/x",
    fleet,
    /is another repository, https:\/\/elsewhere\/x \(if it is this one, list/,
  ],
  [
    "another server",
    "url: 'https://github.com:8443/acme/fleet'",
    fleet,
    /is another repository, https:\/\/github.com:8443/,
  ],
  ["this repository by the SSH host of the forge", "url: 'ssh://git@ssh.github.com:443/acme/fleet'", fleet, undefined],
  [
    "its password is not shown",
    "url: 'https://me:secret@elsewhere/x'",
    fleet,
    /another repository, https:\/\/elsewhere\/x/,
  ],
  [
    "another branch",
    "url: https://github.com/acme/fleet, ref: {branch: dev-team}",
    fleet,
    /is the branch dev-team of this repository: the content of this tree is judged instead$/,
  ],
  [
    "another branch by its ref",
    "url: https://github.com/acme/fleet, ref: {branch: main, name: refs/heads/x}",
    fleet,
    /branch x of/,
  ],
  [
    "a pull request",
    "url: https://github.com/acme/fleet, ref: {name: refs/pull/1/head}",
    fleet,
    /^pinned to refs\/pull\/1/,
  ],
  ["versions", "url: https://github.com/acme/fleet, ref: {branch: main, semver: '*'}", fleet, /^pinned to \*/],
  [
    "files of a further source",
    "url: https://github.com/acme/fleet, include: [{repository: {name: more}}]",
    fleet,
    /fleet includes more, which is not read: GitRepository flux-system\/more is not in this repository$/,
  ],
  ["a tag", "url: https://github.com/acme/fleet, ref: {tag: v1}", fleet, /^pinned to v1/],
  [
    "a commit rather than a branch",
    "url: https://github.com/acme/fleet, ref: {branch: main, commit: c0ffee}",
    fleet,
    /^pinned to c0ffee/,
  ],
];

test.each(sources)("%s", async (_, spec, repositories, gap) => {
  const files = tree("", { "clusters/prod/repository.yaml": repository.replace(/spec: .*/, `spec: {${spec}}`) });
  const planned = await plan(files, "Kustomization apps", { repositories });
  expect(gapsOf(planned)).toEqual(gap === undefined ? [] : [expect.stringMatching(gap)]);
  expect(planned.problems).toEqual([]);
});

test.each([
  [
    "another branch of this repository",
    repository.replace("main", "dev-team"),
    /nowhere here, and GitRepository flux-system\/fleet is the branch dev-team/,
  ],
  [
    "a repository that the tree does not hold",
    "",
    /nowhere here, and GitRepository flux-system\/fleet is not in this repository/,
  ],
])("a path that is not there is a gap where it may be elsewhere: %s", async (_, source, reason) => {
  const files = { "r.yaml": source, "k.yaml": apps("").replace("./apps", "nowhere"), "apps/x.yaml": "" };
  const planned = await plan(files, "Kustomization apps");
  expect(planned.problems).toEqual([]);
  expect(gapsOf(planned)).toEqual([expect.stringMatching(reason)]);
});

test("the root of a repository that may be another is not taken for this one's, unless it is a kustomization", async () => {
  const files = { "r.yaml": repository.replace("main", "dev-team"), "k.yaml": apps("").replace("./apps", "./") };
  const planned = await plan(files, "Kustomization apps");
  expect(gapsOf(planned)).toEqual([
    "the root of this repository contains no kustomization, and GitRepository flux-system/fleet is the branch dev-team of this repository",
  ]);
  const root = { ...files, "kustomization.yaml": "resources: [k.yaml]\n" };
  expect(onlyStep(await plan(root, "Kustomization apps"), "kustomize").path).toBe("");
});

test.each([
  ["OCIRepository", "oci://ghcr.io/acme/manifests"],
  ["Bucket", ""],
])("what a %s holds is a gap, unless configuration says that it is this repository", async (kind, url) => {
  const files = {
    ...tree(""),
    "clusters/prod/apps.yaml": apps("").replace("GitRepository", kind),
    "clusters/prod/repository.yaml": repository
      .replace("GitRepository", kind)
      .replace(/spec: .*/, `spec: {url: "${url}"}`),
  };
  expect(gapsOf(await plan(files, "Kustomization apps"))).toEqual([
    expect.stringContaining(`${kind} flux-system/fleet`),
  ]);
  const own = await plan(files, "Kustomization apps", { repositories: [url] });
  expect(gapsOf(own)).toHaveLength(url === "" ? 1 : 0);
});

test.each([
  [
    "suspended, forced and kept on deletion",
    "  suspend: true\n  force: true\n  deletionPolicy: Orphan\n",
    { suspended: true, recreates: true, cascades: false },
  ],
  [
    "deleted with all it applied though nothing is pruned",
    "  prune: false\n  deletionPolicy: Delete\n",
    { prune: false, cascades: true },
  ],
  [
    "waiting for others",
    "  dependsOn: [{name: apps}, {name: x, namespace: z}]\n",
    { dependsOn: ["Kustomization flux-system/apps", "Kustomization z/x"] },
  ],
])("traits: %s", async (_, spec, traits) => {
  const text = spec.includes("prune") ? apps(spec).replace("  prune: true\n", "") : apps(spec);
  const planned = await plan({ ...tree(""), "clusters/prod/apps.yaml": text }, "Kustomization apps");
  expect(planned.plans[0]?.source.traits).toMatchObject(traits);
});

test("a dependency on what is not there, or on itself, is a warning at its line", async () => {
  const spec = "  dependsOn: [{name: there}, {name: missing}, {name: apps}]\n";
  const there = apps("").replace("name: apps", "name: there");
  const { violations } = await plan(tree(spec, { "clusters/prod/there.yaml": there }), "Kustomization apps");
  expect(violations.map(({ violation }) => [violation.policy, violation.level, violation.cause.pointer])).toEqual([
    ["flux/dependency", "warn", "/spec/dependsOn/1"],
    ["flux/dependency", "warn", "/spec/dependsOn/2"],
  ]);
  expect(violations.map(({ violation }) => violation.message)).toEqual([
    expect.stringContaining("depends on flux-system/missing, which is not in this repository"),
    expect.stringContaining("depends on itself"),
  ]);
});

test.each([
  ["the folder of the cluster it applies", "path: ./clusters/east/apps", "k.yaml", [], ["east"]],
  ["the folder of the cluster it stands in", "path: apps", "fleet/clusters/west/k.yaml", [], ["west"]],
  ["its parent's environments, wherever it stands", "path: apps", "clusters/west/k.yaml", ["prod"], ["prod"]],
  [
    "a remote cluster by its kubeconfig",
    "path: apps\n  kubeConfig: {secretRef: {name: edge}}",
    "clusters/west/k.yaml",
    [],
    ["edge"],
  ],
  ["none where no folder tells", "path: apps", "clusters/k.yaml", [], []],
])("environments: %s", async (_, spec, path, environments, expected) => {
  const files = {
    [path]: apps("").replace("path: ./apps", spec),
    "clusters/east/apps/x.yaml": "",
    "apps/x.yaml": "",
  };
  const planned = await plan(files, "Kustomization apps", { environments });
  expect(planned.plans[0]?.source.environments).toEqual(expected);
});

test("each line of the merged kustomization leads to where it was written", async () => {
  const spec = `  targetNamespace: web
  patches:
    - patch: "[]"
      target: {kind: Service}
  images:
    - name: nginx
      newTag: "2"
  ignoreMissingComponents: true
  components:
    - ../missing
    - ../there
`;
  const own = `resources:
  - web.yaml
patches:
  - path: own.yaml
images:
  - name: nginx
    newName: mirror/nginx
`;
  const files = tree(spec, { "apps/kustomization.yaml": own, "there/kustomization.yaml": "" });
  const { overrides, writtenAt } = onlyStep(await plan(files, "Kustomization apps"), "kustomize");
  const [text] = [...(overrides?.values() ?? [])].map((bytes) => new TextDecoder().decode(bytes));
  const lines = text!.split("\n");
  const written = async (start: string, nth = 0): Promise<string | undefined> => {
    const at = lines.flatMap((line, index) => (line.startsWith(start) ? [index + 1] : []))[nth];
    const found = await writtenAt?.("apps/kustomization.yaml", at ?? 0);
    return found === undefined ? undefined : `${found.path}:${found.line}`;
  };
  expect(
    await Promise.all([
      written('"namespace"'),
      written('"path"'),
      written('"patch"'),
      written('"kind": "Service"'),
      written('"newTag"'),
      written('"newName"'),
      written('"../there"'),
      written('"web.yaml"'),
    ]),
  ).toEqual([
    "clusters/prod/apps.yaml:8",
    "apps/kustomization.yaml:4",
    "clusters/prod/apps.yaml:10",
    "clusters/prod/apps.yaml:11",
    "clusters/prod/apps.yaml:14",
    "apps/kustomization.yaml:7",
    "clusters/prod/apps.yaml:18",
    "apps/kustomization.yaml:2",
  ]);
});

test.each([
  ["the branch that is judged", "release", "{branch: release}", []],
  ["another one, whatever its name", "release", "{branch: main}", ["is the branch main of this repository"]],
  ["Flux's own default, where none is named", "release", "{}", ["is the branch master of this repository"]],
])("the branch that is judged is known: %s", async (_, branch, ref, gaps) => {
  const source = repository.replace("{branch: main}", ref);
  const planned = await plan(tree("", { "clusters/prod/repository.yaml": source }), "Kustomization apps", {
    branches: [branch],
  });
  expect(gapsOf(planned)).toEqual(gaps.map((reason) => expect.stringContaining(reason)));
});

test("a source that the tree does not hold is another repository, unless bootstrap makes it", async () => {
  const gapsFor = async (name: string): Promise<readonly string[]> =>
    gapsOf(
      await plan(
        { "k.yaml": apps("").replace("name: fleet", `name: ${name}`), "apps/x.yaml": "" },
        "Kustomization apps",
      ),
    );
  expect(await gapsFor("flux-system")).toEqual([]);
  expect(await gapsFor("fleet")).toEqual([
    "GitRepository flux-system/fleet is not in this repository: the content of this tree is judged instead",
  ]);
});
