import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { directoryWith, portcullis, write } from "./run-portcullis.ts";

const kustomization = (...resources: readonly string[]): string => `resources: [${resources.join(", ")}]\n`;
const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

const FILES = {
  "base/kustomization.yaml": kustomization("web.yaml"),
  "base/web.yaml": `${configMap("web")}data: { b: "1", a: "2" }\n`,
  "overlays/prod/kustomization.yaml": `${kustomization("../../base")}namePrefix: prod-\n`,
  "overlays/test/kustomization.yaml": `${kustomization("../../base")}namePrefix: test-\n`,
  "plain/queue.yaml": configMap("queue"),
  ".github/workflows/ci.yaml": "on: push\n",
};
const rendered = (name: string): string =>
  `apiVersion: v1\ndata:\n  a: "2"\n  b: "1"\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

test.each([
  ["a root", ["overlays/prod"], rendered("prod-web")],
  ["a root as a shell completes it", ["./overlays/prod/"], rendered("prod-web")],
  ["a base, which is no root of its own", ["base"], rendered("web")],
  ["two roots", ["overlays/prod", "overlays/test"], `${rendered("prod-web")}---\n${rendered("test-web")}`],
  ["everything, plain files last", [], `${rendered("prod-web")}---\n${rendered("test-web")}---\n${configMap("queue")}`],
])("%s is printed as it is judged", async (_what, sources, expected) => {
  const directory = directoryWith(FILES);
  expect(await portcullis(directory, ["render", ...sources])).toEqual({ code: 0, out: expected, err: "" });
});

test("a root that is named is rendered without the others, and kept for the next command", async () => {
  const directory = directoryWith({
    ...FILES,
    "overlays/prod/app.yaml":
      "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: test, namespace: argocd }\nspec: { source: { path: overlays/test } }\n",
    "overlays/prod/kustomization.yaml": `${kustomization("../../base", "app.yaml")}namePrefix: prod-\n`,
  });
  const cache = mkdtempSync(join(tmpdir(), "portcullis-render-"));
  const kept = (): number => readdirSync(join(cache, "rendered")).length;
  const env = { PORTCULLIS_CACHE_DIR: cache };
  const { code, out, err } = await portcullis(directory, ["render", "overlays/prod"], env);
  expect([code, err, kept()]).toEqual([0, "", 1]);
  expect(out).toContain("name: prod-test");
  await portcullis(directory, ["graph"], env);
  expect(kept()).toBe(2);
  rmSync(cache, { recursive: true });
});

test("a source that nobody has is no empty stream", async () => {
  const { code, out, err } = await portcullis(directoryWith(FILES), ["render", "overlays/staging"]);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toBe("error: overlays/staging: no source has this name; run portcullis graph to list them\n");
});

test("a root that cannot be built says where and why, and is never a pass", async () => {
  const directory = directoryWith({ ...FILES, "base/kustomization.yaml": kustomization("web.yaml", "gone.yaml") });
  const { code, err } = await portcullis(directory, ["render", "overlays/prod"]);
  expect(code).toBe(2);
  expect(err).toMatch(/^problem\[render\]: base\/kustomization\.yaml:1: .*gone\.yaml/);
});

test("the graph names roots, what they read, and the sums", async () => {
  const { code, out } = await portcullis(directoryWith(FILES), ["graph"]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^overlays\/prod {2}kustomize · 1 manifest\n {4}reads base\/kustomization\.yaml, base\/web\.yaml, /,
  );
  expect(out).toMatch(/\n2 sources, 2 rendered · 2 manifests · 0 environments · 0 gaps\n$/);
});

test("the graph suggests the apply: of what is judged, and a source that it leaves out can still be printed", async () => {
  const directory = directoryWith(FILES);
  const suggested = await portcullis(directory, ["graph", "--suggest"]);
  expect(suggested).toEqual({
    code: 0,
    err: "",
    out: 'apply:\n  - { path: "overlays/*", as: kustomize }\n  - { path: "plain", as: raw }\n',
  });
  write(directory, { "portcullis.yaml": 'apply: [{ path: "overlays/prod", as: kustomize }]\n' });
  const { out } = await portcullis(directory, ["render"]);
  expect(out).toBe(rendered("prod-web"));
  expect((await portcullis(directory, ["render", "base"])).out).toBe(rendered("web"));
  expect((await portcullis(directory, ["graph", "--suggest"])).out).toBe(suggested.out);
});

test("the graph suggests the clusters: of ApplicationSets, which resolve their gaps when pasted with the rest", async () => {
  const set = `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: web, namespace: argocd }
spec:
  generators: [{ clusters: { selector: { matchLabels: { stage: prod } } } }]
  template:
    metadata: { name: 'web-{{name}}' }
    spec:
      project: default
      source: { repoURL: "https://github.com/acme/gitops", path: "web/{{name}}" }
      destination: { server: "{{server}}", namespace: web }
`;
  const directory = directoryWith({ "argocd/set.yaml": set, "web/eu/web.yaml": configMap("web") });
  expect((await portcullis(directory, ["graph"])).out).toContain("clusters that only Argo CD knows");
  const { code, out, err } = await portcullis(directory, ["graph", "--suggest"]);
  expect([code, err]).toEqual([0, ""]);
  expect(out).toContain('  - name: "eu"\n');
  expect(out.split("\n").slice(-2)).toEqual(['  - { path: "argocd", as: raw }', ""]);
  write(directory, { "portcullis.yaml": out });
  const graph = await portcullis(directory, ["graph"]);
  expect([graph.code, graph.err]).toEqual([0, ""]);
  expect(graph.out).toMatch(/1 source, 1 rendered · 1 manifest · 1 environment · 0 gaps\n$/);
  expect((await portcullis(directory, ["render", "Application argocd/web-eu"])).out).toContain("name: web");
});
