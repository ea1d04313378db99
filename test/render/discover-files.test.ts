import { expect, test } from "@jest/globals";
import { discover } from "../../src/render/discover-files.ts";
import { scopeOf } from "../../src/render/files/scope.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";

type Files = { readonly [path: string]: MemoryFile };

interface Asked {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly paths?: readonly string[];
}

/** Every file in scope with its role in a few words. */
async function roles(
  files: Files,
  { include = ["**"], exclude = [], paths }: Asked = {},
): Promise<{ readonly [path: string]: string }> {
  const found = await discover(memoryTree(files), scopeOf({ include, exclude }, paths), new Map());
  return Object.fromEntries(
    found.map(({ entry, role }) => {
      switch (role.kind) {
        case "plain":
          return [entry.path, "plain"];
        case "chart":
          return [entry.path, `${role.template ? "template" : "part"} of ${role.chart}`];
        case "used":
          return [entry.path, role.as];
        case "rendered":
          return [entry.path, `rendered by ${role.sources.join(", ")}`];
        case "skip":
          return [entry.path, role.reason];
        case "problem":
          return [entry.path, `problem: ${role.message}`];
      }
    }),
  );
}

const overlay = `not rendered: its resources are judged as written in their own files`;

test("files of YAML and JSON are in scope, those of other languages are named, the rest is not Portcullis' concern", async () => {
  expect(
    await roles({
      "a.yaml": "",
      "b.YML": "",
      "c.json": "",
      ".github/workflows/ci.yml": "",
      "d.jsonnet": "",
      "lib.libsonnet": "",
      "e.cue": "",
      "README.md": "",
      Makefile: "",
    }),
  ).toEqual({
    ".github/workflows/ci.yml": "plain",
    "a.yaml": "plain",
    "b.YML": "plain",
    "c.json": "plain",
    "d.jsonnet": "Jsonnet is not rendered",
    "lib.libsonnet": "Jsonnet is not rendered",
    "e.cue": "CUE is not rendered",
  });
});

test.each<[string, Asked, readonly string[]]>([
  ["include", { include: ["apps/**"] }, ["apps/a.yaml", "apps/x/b.yaml"]],
  ["exclude", { exclude: ["apps/x/**", "*.yaml"] }, ["apps/a.yaml"]],
  ["one directory level", { include: ["apps/*.yaml"] }, ["apps/a.yaml"]],
  ["a named directory instead of include", { include: ["nope/**"], paths: ["./apps/x/"] }, ["apps/x/b.yaml"]],
  ["a named directory without what is excluded", { exclude: ["**/x/**"], paths: ["apps"] }, ["apps/a.yaml"]],
  [
    "a named file whatever it is called and whether excluded",
    { exclude: ["**"], paths: ["notes.txt", "c.yaml"] },
    ["c.yaml", "notes.txt"],
  ],
  ["the root by its name", { paths: ["."] }, ["apps/a.yaml", "apps/x/b.yaml", "c.yaml"]],
])("%s decides what is in scope", async (_, asked, expected) => {
  const files = { "apps/a.yaml": "", "apps/x/b.yaml": "", "c.yaml": "", "notes.txt": "" };
  expect(Object.keys(await roles(files, asked))).toEqual(expected);
});

test("what a kustomization uses for anything but a resource is skipped with its use", async () => {
  const kustomization = `
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [app.yaml, ../base, https://example.com/x.yaml]
patches:
  - path: patches/a.yaml
  - patch: |-
      - op: remove
        path: /x
    target: { kind: Deployment }
patchesStrategicMerge:
  - b.yaml
  - |-
    apiVersion: v1
    kind: Pod
patchesJson6902: [{ path: ./c.yaml, target: { kind: Pod, name: x } }]
replacements: [{ path: d.yaml }, { source: {} }]
configurations: [e.yaml]
generators: [f.yaml]
transformers: [g.yaml]
validators: [h.yaml]
openapi: { path: i.json }
configMapGenerator: [{ name: x, files: [j.yaml, k=k.yaml], envs: [l.json] }]
secretGenerator: [{ name: x, env: m.json }]
helmCharts: [{ name: x, valuesFile: n.yaml, additionalValuesFiles: [o.yaml] }]
`;
  const names = [
    "app.yaml",
    "other.yaml",
    "patches/a.yaml",
    ..."bcdefgh".split("").map((name) => `${name}.yaml`),
    "i.json",
    "j.yaml",
    "k.yaml",
    "l.json",
    "m.json",
    "n.yaml",
    "o.yaml",
  ];
  const found = await roles({
    "o/kustomization.yaml": kustomization,
    ...Object.fromEntries(names.map((name) => [`o/${name}`, ""])),
  });
  const use = (as: string): string => `${as} of o/kustomization.yaml`;
  expect(found).toEqual({
    "o/kustomization.yaml": overlay,
    "o/app.yaml": "plain",
    "o/other.yaml": "plain",
    "o/patches/a.yaml": use("patch"),
    "o/b.yaml": use("patch"),
    "o/c.yaml": use("patch"),
    "o/d.yaml": use("replacement"),
    "o/e.yaml": use("transformer configuration"),
    "o/f.yaml": use("generator"),
    "o/g.yaml": use("transformer"),
    "o/h.yaml": use("validator"),
    "o/i.json": use("OpenAPI schema"),
    "o/j.yaml": use("generator input"),
    "o/k.yaml": use("generator input"),
    "o/l.json": use("generator input"),
    "o/m.json": use("generator input"),
    "o/n.yaml": use("Helm values"),
    "o/o.yaml": use("Helm values"),
  });
});

const patching = (path: string): string => `patches: [{ path: ${path} }]\n`;

test.each<[string, Files, string, string]>([
  [
    "a file that another kustomization names as a resource is judged",
    { "o/kustomization.yaml": patching("p.yaml"), "kustomization.yml": "resources: [o/p.yaml]\n", "o/p.yaml": "" },
    "o/p.yaml",
    "plain",
  ],
  [
    "a file above the kustomization's directory is judged, since Kustomize would not load it",
    { "hack/kustomization.yaml": patching("../prod/a.yaml"), "prod/a.yaml": "" },
    "prod/a.yaml",
    "plain",
  ],
  [
    "a path that leaves the directory and comes back is judged too",
    { "o/kustomization.yaml": patching("../o/p.yaml"), "o/p.yaml": "" },
    "o/p.yaml",
    "plain",
  ],
  [
    "a file without extension is a kustomization by its name",
    { "o/Kustomization": patching("p.yaml"), "o/p.yaml": "" },
    "o/Kustomization",
    overlay,
  ],
  [
    "a component is a kustomization",
    {
      "o/kustomization.yaml": `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${patching("p.yaml")}`,
      "o/p.yaml": "",
    },
    "o/p.yaml",
    `patch of o/kustomization.yaml`,
  ],
  [
    "a patch written as Kustomize did before version 3 is a patch",
    { "o/kustomization.yaml": "patches:\n- overlays/p.yaml\n", "o/overlays/p.yaml": "" },
    "o/overlays/p.yaml",
    "patch of o/kustomization.yaml",
  ],
  [
    "Flux's Kustomization is a manifest whatever its file is called",
    {
      "kustomization.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: x }\n",
    },
    "kustomization.yaml",
    "plain",
  ],
  [
    "a kustomization that does not parse is judged as the plain file it cannot be",
    { "kustomization.yaml": "patches: [\n" },
    "kustomization.yaml",
    "plain",
  ],
  [
    "the patches of a kustomization that does not parse are judged",
    { "kustomization.yaml": `${patching("p.yaml")}x: [\n`, "p.yaml": "" },
    "p.yaml",
    "plain",
  ],
])("%s", async (_, files, path, role) => {
  expect((await roles(files))[path]).toBe(role);
});

test("a patch is known although only its file is named", async () => {
  const files = { "o/kustomization.yaml": patching("deep/p.yaml"), "o/deep/p.yaml": "" };
  expect(await roles(files, { paths: ["o/deep"] })).toEqual({
    "o/deep/p.yaml": `patch of o/kustomization.yaml`,
  });
});

test("files below a Helm chart belong to the nearest chart, its CRDs are plain", async () => {
  expect(
    await roles({
      "c/Chart.yaml": "",
      "c/values.yaml": "",
      "c/templates/a.yaml": "",
      "c/crds/crd.yaml": "",
      "c/charts/sub/Chart.yaml": "",
      "c/charts/sub/templates/b.yaml": "",
      "beside.yaml": "",
    }),
  ).toEqual({
    "beside.yaml": "plain",
    "c/Chart.yaml": "part of c",
    "c/values.yaml": "part of c",
    "c/templates/a.yaml": "template of c",
    "c/crds/crd.yaml": "plain",
    "c/charts/sub/Chart.yaml": "part of c/charts/sub",
    "c/charts/sub/templates/b.yaml": "template of c/charts/sub",
  });
});

const outside = "problem: cannot be read: the symbolic link leads out of the tree";
const missing = "problem: cannot be read: the target of the symbolic link does not exist";

test.each<[string, Files, Asked, { readonly [path: string]: string }]>([
  [
    "a link to a file",
    { "l.yaml": { symlink: "d/a.yaml" }, "d/a.yaml": "" },
    {},
    { "l.yaml": "symbolic link to d/a.yaml, which is judged at its own path", "d/a.yaml": "plain" },
  ],
  [
    "a link upwards",
    { "d/l.yaml": { symlink: "../a.yaml" }, "a.yaml": "" },
    {},
    { "d/l.yaml": "symbolic link to a.yaml, which is judged at its own path", "a.yaml": "plain" },
  ],
  [
    "a link to a file that is excluded brings it into scope",
    { "prod/l.yaml": { symlink: "../old/a.yaml" }, "old/a.yaml": "", "old/b.yaml": "" },
    { exclude: ["old/**"] },
    { "prod/l.yaml": "symbolic link to old/a.yaml, which is judged at its own path", "old/a.yaml": "plain" },
  ],
  [
    "a link to a file of another name brings it into scope",
    { "l.yaml": { symlink: "a.txt" }, "a.txt": "" },
    {},
    { "l.yaml": "symbolic link to a.txt, which is judged at its own path", "a.txt": "plain" },
  ],
  [
    "a link to a directory brings what is below it into scope",
    {
      "prod/apps": { symlink: "../old" },
      "old/a.yaml": "",
      "old/sub": { submodule: "01" },
      "old/l.yaml": { symlink: "../x/b.yaml" },
      "x/b.yaml": "",
    },
    { include: ["prod/**"] },
    {
      "prod/apps": "symbolic link to the directory old, whose files are judged at their own paths",
      "old/a.yaml": "plain",
      "old/l.yaml": "symbolic link to x/b.yaml, which is judged at its own path",
      "old/sub": "it is a submodule: its files are in another repository; exclude it if it contains no manifests",
      "x/b.yaml": "plain",
    },
  ],
  [
    "a link through a link",
    { "l.yaml": { symlink: "d/a.yaml" }, d: { symlink: "e" }, "e/a.yaml": "" },
    {},
    {
      "l.yaml": "symbolic link to e/a.yaml, which is judged at its own path",
      d: "symbolic link to the directory e, whose files are judged at their own paths",
      "e/a.yaml": "plain",
    },
  ],
  ["a link out of the tree", { "l.yaml": { symlink: "../a.yaml" } }, {}, { "l.yaml": `${outside}: ../a.yaml` }],
  ["a link to an absolute path", { "l.yaml": { symlink: "/etc/passwd" } }, {}, { "l.yaml": `${outside}: /etc/passwd` }],
  ["a link to nothing", { "l.yaml": { symlink: "a.yaml" } }, {}, { "l.yaml": `${missing}: a.yaml` }],
  [
    "a link below a file",
    { "l.yaml": { symlink: "a.yaml/b.yaml" }, "a.yaml": "" },
    {},
    { "l.yaml": `${missing}: a.yaml/b.yaml`, "a.yaml": "plain" },
  ],
  [
    "a link to itself",
    { "l.yaml": { symlink: "l.yaml" } },
    {},
    { "l.yaml": "problem: cannot be read: the symbolic link leads back to itself: l.yaml" },
  ],
  [
    "a link without extension that may be a directory elsewhere",
    { current: { symlink: "/srv/apps" } },
    {},
    { current: `${outside}: /srv/apps` },
  ],
  [
    "a link of another kind of file",
    { "LICENSE.md": { symlink: "../LICENSE.md" }, README: { symlink: "docs.md" }, "docs.md": "" },
    {},
    {},
  ],
  [
    "a link into a submodule",
    { "l.yaml": { symlink: "sub/a.yaml" }, sub: { submodule: "01" } },
    { include: ["*.yaml"] },
    { "l.yaml": "problem: cannot be read: the symbolic link leads into the submodule sub" },
  ],
  ["a link that is excluded", { "l.yaml": { symlink: "/etc/passwd" } }, { exclude: ["l.yaml"] }, {}],
])("%s", async (_, files, asked, expected) => {
  expect(await roles(files, asked)).toEqual(expected);
});

test("a submodule is in scope where files below it could be", async () => {
  const files = { "apps/sub": { submodule: "01" }, "docs/theme": { submodule: "02" } };
  expect(Object.keys(await roles(files, { include: ["apps/**/*.yaml"] }))).toEqual(["apps/sub"]);
  expect(await roles(files, { exclude: ["**"] })).toEqual({});
});
