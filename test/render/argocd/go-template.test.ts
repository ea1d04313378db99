import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Renderer } from "../../../src/model/renderer.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { planFile } from "./plan-files.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";

let renderer: Renderer;
beforeAll(() => {
  renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
});
afterAll(() => {
  renderer.close();
});

const url = "https://git.example/acme/deploy";
const files = {
  "clusters/eu/config.yaml": "name: eu\nsize: 3\nbig: 1000000\napps: [{ app: web }, { app: api }]\n",
};
const set = (generators: string, template: string, more = ""): string =>
  `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: all }
spec:
  goTemplate: true
${more}  generators:
${generators.trim().replaceAll(/^/gm, "  ")}
  template: { metadata: { name: ${template} }, spec: { project: default } }
`;

async function plan(text: string) {
  return planFile("set.yaml", { ...files, "set.yaml": text }, { repositories: [url], renderer });
}

test.each<[string, string, string, readonly string[]]>([
  [
    "nested parameters",
    `- git: { repoURL: ${url}, files: [{ path: clusters/* }] }`,
    "'{{ .path.basename }}-{{ .size }}'",
    ["eu-3"],
  ],
  [
    "numbers as Go prints them",
    `- git: { repoURL: ${url}, files: [{ path: clusters/* }] }`,
    '\'{{ .big | toString | replace "+" "p" }}\'',
    ["1ep06"],
  ],
  [
    "functions of sprig",
    "- list: { elements: [{ text: B_C }] }",
    "'{{ .text | normalize }}-{{ .text | lower | trunc 1 }}'",
    ["b-c-b"],
  ],
  [
    "a list made of a file's list",
    `- matrix:
    generators:
    - git: { repoURL: ${url}, files: [{ path: clusters/* }] }
    - list: { elementsYaml: '{{ .apps | toJson }}' }`,
    "'{{ .app }}-{{ .path.basename }}'",
    ["web-eu", "api-eu"],
  ],
  [
    "values that name their own parameters after those of the outer generator",
    `- matrix:
    generators:
    - list: { elements: [{ stage: prod }] }
    - git: { repoURL: ${url}, directories: [{ path: clusters/* }], values: { both: '{{ .stage }}', own: '{{ .path.basename }}' } }`,
    "'{{ .values.both }}-{{ .values.own }}'",
    ["prod-eu"],
  ],
])("%s", async (_, generators, template, expected) => {
  const { children, problems } = await plan(set(generators, template));
  expect(problems).toEqual([]);
  expect(children.map(({ manifest }) => manifest.identity.name)).toEqual(expected);
});

test("a key that is missing is a problem where the set says so, at the text that names it", async () => {
  const text = set("- list: { elements: [{ a: b }] }", "'x-{{ .gone }}'", "  goTemplateOptions: [missingkey=error]\n");
  const { children, problems } = await plan(text);
  expect(children).toEqual([]);
  expect(problems).toMatchObject([{ path: "set.yaml", line: 9 }]);
  expect(problems[0]?.message).toContain('map has no entry for key "gone"');
});

test("what cannot be parsed, and what reads the machine, are problems", async () => {
  for (const template of ["'{{ .a'", "'{{ env \"HOME\" }}'", "'{{ getHostByName \"a\" }}'"]) {
    const { children, problems } = await plan(set("- list: { elements: [{ a: b }] }", template));
    expect(children).toEqual([]);
    expect(problems).toMatchObject([{ line: 8 }]);
  }
});

test("a template patch loops over what a file lists", async () => {
  const patch = `  templatePatch: |
    spec:
      sources:
    {{- range .apps }}
      - path: {{ .app }}
    {{- end }}
`;
  const { children } = await plan(set(`- git: { repoURL: ${url}, files: [{ path: clusters/* }] }`, "all", patch));
  expect(children[0]?.manifest.value).toMatchObject({ spec: { sources: [{ path: "web" }, { path: "api" }] } });
});
