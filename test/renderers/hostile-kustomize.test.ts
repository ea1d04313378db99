import { afterAll, expect, test } from "@jest/globals";
import { createRenderer } from "../../src/renderers/create-renderer.ts";
import { configMap, treeFiles } from "./tree-files.ts";
import { TEST_CACHE } from "../support/test-cache.ts";

/** Of the request at hand: short for what may not end, so long that it does not count for everything else. */
let deadlineMs = 120_000;
const renderer = createRenderer({
  cacheDir: TEST_CACHE,
  processes: 1,
  deadlineMs: () => deadlineMs,
  memoryLimitMiB: 384,
});
afterAll(() => {
  renderer.close();
});

const good = treeFiles({ "kustomization.yaml": "resources: [a.yaml]\n", "a.yaml": configMap("a") });

interface Hostile {
  readonly [path: string]: string;
}

const one = (kustomization: string, more: Hostile = {}): Hostile => ({
  "kustomization.yaml": kustomization,
  "a.yaml": configMap("a"),
  ...more,
});

const fetched = /is not in this repository, and nothing is fetched/;
const refused = /external plugins disabled/;

const withFunction = (how: string): Hostile =>
  one("resources: [a.yaml]\ntransformers:\n- t.yaml\n", {
    "t.yaml": `apiVersion: v1\nkind: Evil\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      ${how}\n`,
  });

const bomb = [
  "a: &a [x, x, x, x, x, x, x, x, x]",
  ...Array.from("bcdefghi").map(
    (name, i, all) =>
      `${name}: &${name} [${Array(9)
        .fill(`*${all[i - 1] ?? "a"}`)
        .join(", ")}]`,
  ),
].join("\n");

const doubling = Object.fromEntries(
  Array.from({ length: 14 }, (_, i): readonly (readonly [string, string])[] => [
    [
      i === 0 ? "kustomization.yaml" : `b${i}/kustomization.yaml`,
      i === 13 ? "resources: [a.yaml]\n" : `resources: [${i === 0 ? "" : "../"}l${i}, ${i === 0 ? "" : "../"}r${i}]\n`,
    ],
    [`l${i}/kustomization.yaml`, `namePrefix: l-\nresources: [../b${i + 1}]\n`],
    [`r${i}/kustomization.yaml`, `namePrefix: r-\nresources: [../b${i + 1}]\n`],
    [`b${i}/a.yaml`, configMap("a")],
  ]).flat(),
);

test.each<readonly [string, Hostile, string | RegExp, { readonly path?: string; readonly line?: number }?]>([
  [
    "a remote base",
    one("namePrefix: a-\nresources:\n- a.yaml\n- github.com/org/repo//base?ref=v1\n"),
    fetched,
    { path: "kustomization.yaml", line: 4 },
  ],
  ["a base over SSH", one("resources:\n- git@github.com:org/repo.git\n"), fetched, { line: 2 }],
  [
    "a remote base of a base",
    one("resources: [base]\n", { "base/kustomization.yaml": "\nresources:\n- https://example.com/org/repo//x\n" }),
    fetched,
    { path: "base/kustomization.yaml", line: 3 },
  ],
  ["a remote file", one("resources:\n- https://example.com/x.yaml\n"), fetched, { line: 2 }],
  ["a remote patch", one("resources: [a.yaml]\npatches:\n- path: https://example.com/x.yaml\n"), fetched, { line: 3 }],
  [
    "a remote file in a ConfigMap",
    one("configMapGenerator:\n- name: a\n  files:\n  - key=https://example.com/x\n"),
    fetched,
    { line: 4 },
  ],
  ["a remote generator", one("generators:\n- https://example.com/x.yaml\n"), fetched, { line: 2 }],
  ["file://", one("resources:\n- file:///etc\n"), fetched, { line: 2 }],
  ["an absolute path", one("resources:\n- /etc/passwd\n"), /an absolute path/, { line: 2 }],
  ["a path out of the tree", one("resources:\n- ../../etc/passwd\n"), /leaves the tree/, { line: 2 }],
  [
    "a path out of the tree in a generator",
    one("configMapGenerator:\n- name: a\n  files: [../x]\n"),
    /leaves the tree/,
    { line: 3 },
  ],
  ["an exec function", withFunction("exec: {path: ./evil.sh}"), refused, { path: "kustomization.yaml", line: 3 }],
  ["a container function", withFunction("container: {image: evil}"), refused, { line: 3 }],
  ["a starlark function", withFunction("starlark: {path: evil.star, name: evil}"), refused, { line: 3 }],
  [
    "a plugin",
    one("generators:\n- t.yaml\n", { "t.yaml": "apiVersion: team.example.com/v1\nkind: Evil\nmetadata: {name: t}\n" }),
    refused,
    { line: 2 },
  ],
  [
    "a circle of bases",
    {
      "kustomization.yaml": "resources: [a]\n",
      "a/kustomization.yaml": "resources: [../b]\n",
      "b/kustomization.yaml": "resources:\n- ../a\n",
    },
    /cycle detected/,
    { path: "b/kustomization.yaml", line: 2 },
  ],
  ["a root that loads itself", one("resources: [.]\n"), /cycle detected/, { line: 1 }],
  ["bases that double fourteen times", doubling, "late"],
  ["a YAML bomb as a kustomization", one(`${bomb}\nresources: [a.yaml]\n`), /excessive aliasing/],
  [
    "a YAML bomb as a resource",
    one("resources: [a.yaml]\n", { "a.yaml": `${configMap("a")}${bomb}\n` }),
    /^(late|memory)$/,
  ],
  [
    "a quarter of a million objects",
    one("resources: [a.yaml]\n", {
      "a.yaml": Array.from({ length: 250_000 }, (_, i) => configMap(`a${i}`)).join("---\n"),
    }),
    /^(late|memory)$/,
  ],
  [
    "a generator of a million ConfigMaps",
    one(`configMapGenerator:\n${Array.from({ length: 1_000_000 }, (_, i) => `- name: c${i}`).join("\n")}\n`),
    /^(late|memory)$/,
  ],
  [
    "a ConfigMap of 150 MB",
    one("configMapGenerator: [{name: a, files: [big]}]\n", { big: "x".repeat(150_000_000) }),
    /^(late|memory)$/,
  ],
  [
    "a hundred thousand brackets",
    one("resources: [a.yaml]\n", { "a.yaml": `${configMap("a")}data: ${"[".repeat(100_000)}\n` }),
    /^(trap|failed|late|memory)$/,
  ],
])("%s ends as a named problem, and the next job is unharmed", async (_, files, expected, place = {}) => {
  deadlineMs = new RegExp(expected).test("late") ? 2_000 : 120_000;
  const outcome = await renderer.kustomize({ root: "", files: treeFiles(files) });
  deadlineMs = 120_000;
  if (outcome.kind === "rendered") throw new Error("it rendered");
  expect(outcome.kind === "failed" ? outcome.message : outcome.kind).toEqual(
    typeof expected === "string" ? expected : expect.stringMatching(expected),
  );
  expect(outcome.message).not.toBe("");
  expect(outcome).toMatchObject(place);
  expect(await renderer.kustomize({ root: "", files: good })).toMatchObject({ kind: "rendered" });
});

test("a chain of ten bases renders", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      `b${i}/kustomization.yaml`,
      `namePrefix: p${i}-\nresources: [../b${i + 1}]\n`,
    ]),
  );
  const outcome = await renderer.kustomize({
    root: "b0",
    files: treeFiles({ ...files, "b10/kustomization.yaml": "resources: [a.yaml]\n", "b10/a.yaml": configMap("a") }),
  });
  expect(outcome).toMatchObject({
    kind: "rendered",
    answer: { yaml: expect.stringContaining("name: p0-p1-p2-p3-p4-p5-p6-p7-p8-p9-a\n") },
  });
});
