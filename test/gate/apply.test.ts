import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/read-config.ts";
import { check } from "../../src/gate/check.ts";
import type { CheckCache } from "../../src/gate/judged-source.ts";
import { memoryCache } from "../../src/gate/memory-cache.ts";
import type { Config } from "../../src/model/config.ts";
import type { Report } from "../../src/model/report.ts";
import { suggestApply } from "../../src/render/apply/suggest-apply.ts";
import { scopeOf } from "../../src/render/files/scope.ts";
import { findDesiredState } from "../../src/render/find-desired-state.ts";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { applyBlock } from "../../src/report/graph/apply-block.ts";
import { memoryTree, type MemoryFile } from "../../src/tree/memory-tree.ts";
import { TEST_CACHE } from "../support/test-cache.ts";
import { simpleJudge } from "./simple-judge.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => renderer.close());

type Files = { readonly [path: string]: MemoryFile };

/** The configuration among files, without what only the real judge knows. */
function writtenIn({ "portcullis.yaml": file }: Files): string {
  const text = typeof file === "string" ? file : "version: 1\n";
  return text.replace(/^policies:.*\n/m, "").replace(/^levels:.*\n/m, "");
}

const here = "https://github.com/acme/gitops";

function configOf(text: string): { readonly config: Config; readonly source: ReturnType<typeof readConfig>["source"] } {
  const { config, source, problems } = readConfig("portcullis.yaml", text);
  expect(problems).toEqual([]);
  return { config, source };
}

/** A report, with `kind namespace/name environment kubernetes` of everything that was asked about the tree after. */
async function judged(
  after: Files,
  written: string,
  before?: Files,
  cache?: CheckCache,
): Promise<{ readonly report: Report; readonly asked: readonly string[] }> {
  const { config, source } = configOf(written);
  const judge = simpleJudge();
  const report = await check({
    renderer,
    repositories: [here],
    ...(cache === undefined ? {} : { cache }),
    ...(before === undefined ? {} : { before: memoryTree(before, "before") }),
    after: memoryTree(after, "after"),
    config,
    configSource: source,
    judge,
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "directory", ...(before === undefined ? {} : { before: "before" }) },
  });
  const asked = judge.asked.map(({ manifest: { identity, environment = "-", kubernetes = "-" } }) =>
    [identity.kind, `${identity.namespace ?? "-"}/${identity.name}`, environment, kubernetes].join(" "),
  );
  return { report, asked: asked.toSorted() };
}

const pod = (name: string, image = "nginx:1", namespace?: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, ${namespace === undefined ? "" : `namespace: ${namespace}, `}labels: { owner: me } }\nspec: { containers: [{ name: main, image: "${image}" }] }\n`;
const application = (name: string, path: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd, labels: { owner: me } }
spec:
  project: default
  destination: { server: https://kubernetes.default.svc, namespace: web }
  source: { repoURL: ${here}, path: ${path} }
`;
const chart: Files = {
  "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
  "charts/web/values.yaml": "image: nginx:1\nreplicas: 1\n",
  "charts/web/prod.yaml": 'image: "nginx:latest"\n',
  "charts/web/templates/pod.yaml": `${pod("web", "{{ .Values.image }}")}---
apiVersion: v1
kind: Pod
metadata: { name: v{{ .Capabilities.KubeVersion.Minor }}, namespace: {{ .Release.Namespace }}, labels: { owner: me } }
spec: { containers: [] }
`,
};

describe("apply", () => {
  const tree: Files = {
    "plain/a.yaml": pod("a", "nginx:latest"),
    "plain/notes.yaml": "just: text\n",
    "examples/b.yaml": pod("b", "nginx:latest"),
    "overlays/test/kustomization.yaml": "resources: [../../base]\nnamePrefix: test-\n",
    "overlays/prod/kustomization.yaml": "resources: [../../base]\nnamePrefix: prod-\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": pod("web"),
    ...chart,
  };

  test("names all that is judged: everything else is skipped with the reason", async () => {
    const { report, asked } = await judged(
      tree,
      "apply:\n  - { path: plain, as: raw }\n  - { path: overlays/prod, as: kustomize }\n",
    );
    expect(asked).toEqual(["Pod -/a - -", "Pod -/prod-web - -"]);
    expect(report.checked.map(({ path }) => path)).toEqual([
      "base/kustomization.yaml",
      "base/web.yaml",
      "overlays/prod/kustomization.yaml",
      "plain/a.yaml",
    ]);
    expect(report.skipped).toContainEqual({
      path: "examples/b.yaml",
      reason: "nothing under `apply:` in portcullis.yaml applies it",
    });
    expect(report.problems).toEqual([]);
  });

  test("renders a chart with the values, namespace and Kubernetes version of each entry", async () => {
    const { asked, report } = await judged(
      tree,
      `environments: { prod: {}, test: {} }
apply:
  - { path: charts/web, as: helm, environment: test }
  - { path: charts/*, as: helm, values: [charts/web/prod.yaml], namespace: web, environment: prod, kubernetes: "1.31" }
`,
    );
    expect(asked).toEqual(
      ["Pod default/v37 test -", "Pod -/web test -", "Pod web/v31 prod 1.31", "Pod web/web prod 1.31"].toSorted(),
    );
    expect(report.findings.map(({ policy, environment, location }) => [policy, environment, location.path])).toEqual([
      ["images/tag", "prod", "charts/web/prod.yaml"],
    ]);
  });

  test("asks again for a file whose object is no longer namespaced, since its CRD changed", async () => {
    const crd = (scope: string): string =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.acme.example, labels: { owner: me } }\nspec: { group: acme.example, scope: ${scope}, names: { kind: Widget, plural: widgets }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }\n`;
    const widget = "apiVersion: acme.example/v1\nkind: Widget\nmetadata: { name: w, labels: { owner: me } }\n";
    const config = "version: 1\napply: [{ path: plain, as: raw, namespace: web }]\n";
    const cache = memoryCache(1_000_000);
    const files = (scope: string): Files => ({ "plain/crd.yaml": crd(scope), "plain/widget.yaml": widget });
    const widgets = async (scope: string): Promise<readonly string[]> =>
      (await judged(files(scope), config, undefined, cache)).asked.filter((one) => one.startsWith("Widget"));
    expect(await widgets("Namespaced")).toEqual(["Widget web/w - -"]);
    expect(await widgets("Namespaced")).toEqual([]);
    expect(await widgets("Cluster")).toEqual(["Widget -/w - -"]);
  });

  test("lands a file in every environment that an entry names, with its namespace where the object has none", async () => {
    const files = {
      "plain/a.yaml": `${pod("a")}---\n${pod("b", "nginx:1", "own")}---\napiVersion: v1\nkind: Namespace\nmetadata: { name: web, labels: { owner: me } }\n`,
    };
    const { asked } = await judged(
      files,
      `environments: { prod: {}, test: {} }
apply:
  - { path: "plain/*.yaml", as: raw, environment: test, namespace: web }
  - { path: plain/a.yaml, as: raw, environment: prod, kubernetes: "1.33" }
`,
    );
    expect(asked).toEqual(
      [
        "Pod web/a test -",
        "Pod own/b test -",
        "Namespace -/web test -",
        "Pod -/a prod 1.33",
        "Pod own/b prod 1.33",
        "Namespace -/web prod 1.33",
      ].toSorted(),
    );
  });

  test("follows the GitOps objects that it leads to, and no others", async () => {
    const { asked } = await judged(
      {
        "argocd/web.yaml": application("web", "apps/web"),
        "other/more.yaml": application("more", "apps/more"),
        "apps/web/a.yaml": pod("a"),
        "apps/more/b.yaml": pod("b"),
      },
      "apply:\n  - { path: argocd, as: raw }\n",
    );
    expect(asked).toEqual(["Application argocd/web - -", "Pod web/a - -"]);
  });

  test("judges a file that it names raw as written, whatever a change makes of it", async () => {
    const before = { "plain/a.yaml": pod("a") };
    const after = {
      "plain/a.yaml": pod("a", "nginx:latest"),
      "plain/kustomization.yaml": "resources: [b.yaml]\npatches: [{ path: a.yaml }]\n",
      "plain/b.yaml": pod("a"),
    };
    const { report } = await judged(after, "apply:\n  - { path: plain, as: raw }\n", before);
    expect(report.findings).toMatchObject([
      { policy: "images/tag", status: "introduced", location: { path: "plain/a.yaml" } },
    ]);
  });

  test("judges the files of a root that cannot be rendered as they are written", async () => {
    const { report, asked } = await judged(
      { "root/kustomization.yaml": "resources: [a.yaml, gone.yaml]\n", "root/a.yaml": pod("a", "nginx:latest") },
      "apply:\n  - { path: root, as: kustomize }\n",
    );
    expect(asked).toEqual(["Pod -/a - -"]);
    expect(report.verdict).toBe("error");
  });

  test("judges a file that a link leads to where the link is named", async () => {
    const { asked } = await judged(
      { "plain/a.yaml": { symlink: "../other/b.yaml" }, "other/b.yaml": pod("b") },
      "apply:\n  - { path: plain, as: raw }\n",
    );
    expect(asked).toEqual(["Pod -/b - -"]);
  });

  test("still judges what an object applied that a change removes from the files it names", async () => {
    const before = { "argocd/web.yaml": application("web", "apps/web"), "apps/web/a.yaml": pod("a") };
    const after = {
      "argocd/other.yaml": pod("other"),
      "apps/web/a.yaml": pod("a", "nginx:latest"),
    };
    const { report } = await judged(after, "apply:\n  - { path: argocd, as: raw }\n", before);
    expect(report.findings).toMatchObject([
      { policy: "images/tag", status: "introduced", location: { path: "apps/web/a.yaml" } },
    ]);
  });

  test.each([
    [
      "a directory without a kustomization",
      "{ path: plain, as: kustomize }",
      'the pattern "plain" matches no directory in scope with a kustomization',
    ],
    [
      "a directory without a chart",
      '{ path: "overlays/*", as: helm }',
      'the pattern "overlays/*" matches no directory in scope with a Chart.yaml',
    ],
    ["no file", "{ path: plian, as: raw }", 'the pattern "plian" matches no file in scope: .yaml, .yml or .json'],
    [
      "a file that is excluded",
      "{ path: old/a.yaml, as: raw }",
      'the pattern "old/a.yaml" matches no file in scope: .yaml, .yml or .json',
    ],
    [
      "a pattern that cannot be read",
      '{ path: "{a", as: raw }',
      'the pattern "{a" cannot be read: expected *, **, ?, [a-z] and {a,b}, with \\ before a character that is meant itself',
    ],
    [
      "an environment that is not configured",
      "{ path: plain, as: raw, environment: prd }",
      'no environment "prd" under environments; did you mean "prod"?',
    ],
    [
      "values that are not there",
      "{ path: charts/web, as: helm, values: [gone.yaml] }",
      'no such file "gone.yaml" in the repository',
    ],
  ])("with %s is a problem at its line", async (_what, entry, message) => {
    const { report } = await judged(
      { ...tree, "old/a.yaml": pod("a") },
      `environments: { prod: { paths: ["overlays/prod"] } }\nmanifests: { exclude: ["old/**"] }\napply:\n  - { path: "overlays/*", as: kustomize }\n  - ${entry}\n`,
    );
    expect(report.verdict).toBe("error");
    expect(report.problems).toContainEqual(
      expect.objectContaining({ stage: "config", path: "portcullis.yaml", line: 5, message, status: "introduced" }),
    );
  });
});

const repositories = "fixtures/repos";

function filesOf(root: string): Files {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(root, path).split(sep).join("/"), readFileSync(path, "utf8")]),
  );
}

const examples = readdirSync(repositories).map((name): [string, Files] => {
  const files = filesOf(join(repositories, name));
  const base = Object.entries(files).filter(([path]) => path.startsWith("base/") && "base/portcullis.yaml" in files);
  return [name, base.length === 0 ? files : Object.fromEntries(base.map(([path, file]) => [path.slice(5), file]))];
});

describe("the apply: that is suggested", () => {
  async function suggestion(files: Files, config: Config): Promise<string> {
    const tree = memoryTree(files);
    const state = await findDesiredState(tree, {
      scope: scopeOf(config.manifests),
      config,
      renderer,
      repositories: [here],
      branches: [],
      cache: new Map(),
    });
    return applyBlock(await suggestApply(tree, state, config));
  }

  const odd: Files = {
    ...chart,
    "portcullis.yaml": 'environments: { prod: { paths: ["overlays/prod"] } }\n',
    "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "lib/templates/pod.yaml": pod("lib"),
    "overlays/prod/kustomization.yaml": "resources: [../../base]\npatches: [{ path: p.yaml, target: { kind: Pod } }]\n",
    "overlays/prod/p.yaml": pod("not-there"),
    "overlays/test/kustomization.yaml": "resources: [../../base, gone.yaml]\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": pod("web"),
    "remote/kustomization.yaml": "resources: [a.yaml, https://example.com/b.yaml]\n",
    "remote/a.yaml": pod("a"),
    "plain/deep/c.yaml": pod("c"),
    "plain/d [1].yaml": pod("d"),
    "plain/e.yaml": "a: [\n",
    "mixed/kustomization.yaml": "resources: [f.yaml]\n",
    "mixed/f.yaml": pod("f"),
    "mixed/g*.yaml": pod("g"),
    "h.yaml": pod("h"),
    "docs/i.yaml": "just: text\n",
  };

  test.each([...examples, ["a repository with everything", odd] as const])(
    "for %s judges the same",
    async (_, files) => {
      const written = writtenIn(files);
      const block = await suggestion(files, configOf(written).config);
      const [guessed, named] = [await judged(files, written), await judged(files, `${written}${block}`)];
      expect(new Set(named.asked)).toEqual(new Set(guessed.asked));
      expect(named.report.findings).toEqual(guessed.report.findings);
      expect(named.report.problems).toEqual(guessed.report.problems);
      expect(guessed.asked.length).toBeGreaterThan(0);
    },
  );

  test("names directories where it can, and single files where it must", async () => {
    expect(await suggestion(odd, configOf(writtenIn(odd)).config)).toBe(`apply:
  - { path: "charts/web", as: helm }
  - { path: "h.yaml", as: raw }
  - { path: "lib/templates", as: raw }
  - { path: "mixed", as: kustomize }
  - { path: "mixed/g\\\\*.yaml", as: raw }
  - { path: "overlays/dev", as: kustomize }
  - { path: "overlays/prod", as: kustomize, environment: "prod" }
  - { path: "overlays/test", as: kustomize }
  - { path: "plain", as: raw }
  - { path: "remote", as: kustomize }
`);
    const alike = Object.fromEntries(
      ["dev", "test"].map((name) => [`overlays/${name}/kustomization.yaml`, "resources: [../../base]\n"]),
    );
    const base = { "base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": pod("web") };
    expect(await suggestion({ ...alike, ...base }, configOf("version: 1\n").config)).toBe(
      'apply:\n  - { path: "overlays/*", as: kustomize }\n',
    );
  });
});
