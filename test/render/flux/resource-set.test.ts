import { afterAll, describe, expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import { check } from "../../../src/gate/check.ts";
import type { Report } from "../../../src/model/report.ts";
import { createRenderer } from "../../../src/renderers/create-renderer.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import { simpleJudge } from "../../gate/simple-judge.ts";
import { TEST_CACHE } from "../../support/test-cache.ts";
import type { Files } from "./plan.ts";

const renderer = createRenderer({ cacheDir: TEST_CACHE, processes: 1 });
afterAll(() => {
  renderer.close();
});

async function judged(files: Files): Promise<Report> {
  return check({
    renderer,
    repositories: ["https://github.com/acme/fleet"],
    branches: ["main"],
    after: memoryTree(files, "after"),
    config: defaultConfig,
    judge: simpleJudge(),
    now: "2026-01-01T00:00:00Z",
    judged: { after: "after", how: "test" },
  });
}

const set = (spec: string, name = "apps"): string => `apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: { name: ${name}, namespace: flux-system, labels: { owner: me } }
spec:
${spec}`;
const pod = (indent: string, name: string, image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name}, namespace: web, labels: { owner: me } }\nspec:\n  containers:\n  - name: main\n    image: ${image}\n`
    .split("\n")
    .join(`\n${indent}`)
    .trimEnd();
const found = ({ findings }: Report): readonly string[] =>
  findings.map(({ location: { path, line }, manifest, message }) => `${path}:${line} ${manifest.name}: ${message}`);
const told = ({ problems }: Report): readonly string[] =>
  problems.map(({ path, line, message }) => `${path}:${line} ${message}`);
const gaps = (report: Report): readonly string[] => report.gaps.map(({ reason }) => reason);

describe("a ResourceSet", () => {
  test("is its resources filled with each of its inputs, with findings at the template's own line", async () => {
    const report = await judged({
      "set.yaml": set(
        `  inputs:\n  - { name: one, tag: "1" }\n  - { name: two, tag: latest }\n  resources:\n  - ${pod("    ", "<< inputs.name >>", "nginx:<< inputs.tag >>")}\n`,
      ),
    });
    expect([told(report), gaps(report)]).toEqual([[], []]);
    expect(found(report)).toEqual(["set.yaml:15 two: nginx:latest is not pinned"]);
    expect(report.sources).toMatchObject([
      { id: "ResourceSet flux-system/apps", kind: "flux-resourceset", manifests: 2 },
    ]);
  });

  test("may hold a text of several documents, whose findings stand at its line", async () => {
    const report = await judged({
      "set.yaml": set(
        `  inputs: [{ names: [a, b] }]\n  resourcesTemplate: |\n    <<- range inputs.names >>\n    ---\n    ${pod("    ", "<< . >>", "nginx:latest")}\n    <<- end >>\n`,
      ),
    });
    expect(told(report)).toEqual([]);
    expect(found(report)).toEqual([
      "set.yaml:6 a: nginx:latest is not pinned",
      "set.yaml:6 b: nginx:latest is not pinned",
    ]);
  });

  test("leads on to what it makes, such as another ResourceSet", async () => {
    const inner = `apiVersion: fluxcd.controlplane.io/v1\n    kind: ResourceSet\n    metadata: { name: inner, namespace: web, labels: { owner: me } }\n    spec:\n      resources:\n      - ${pod("        ", "x", "nginx:<< inputs.tag >>")}`;
    const report = await judged({ "set.yaml": set(`  inputs: [{ tag: latest }]\n  resources:\n  - ${inner}\n`) });
    expect(report.sources.map(({ id }) => id)).toEqual(["ResourceSet flux-system/apps", "ResourceSet web/inner"]);
    expect(report.findings).toHaveLength(1);
  });

  test("takes inputs of providers of type Static, and names what other providers would add", async () => {
    const provider = (name: string, spec: string): string =>
      `apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSetInputProvider\nmetadata: { name: ${name}, namespace: flux-system, labels: { owner: me, app: web } }\nspec: { ${spec} }\n`;
    const resources = `  resources:\n  - ${pod("    ", "<< inputs.name >>", "nginx:1")}\n`;
    const files = {
      "one.yaml": provider("one", "type: Static, defaultValues: { name: one }"),
      "two.yaml": provider("two", "type: GitHubPullRequest, url: https://github.com/acme/web"),
    };
    const named = await judged({
      ...files,
      "set.yaml": set(`  inputsFrom: [{ name: one }, { name: two }, { name: none }]\n${resources}`),
    });
    expect(named.sources[0]?.manifests).toBe(1);
    expect(gaps(named)).toEqual([
      "ResourceSetInputProvider flux-system/none is not in this repository: what its inputs make of the templates is not rendered",
      "ResourceSetInputProvider flux-system/two asks a server (GitHubPullRequest): what its inputs make of the templates is not rendered",
    ]);
    const selected = await judged({
      "one.yaml": files["one.yaml"],
      "set.yaml": set(
        `  inputsFrom: [{ selector: { matchExpressions: [{ key: app, operator: In, values: [web] }] } }]\n${resources}`,
      ),
    });
    expect([selected.sources[0]?.manifests, gaps(selected)]).toEqual([1, []]);
    const byId = await judged({
      "one.yaml": files["one.yaml"],
      "set.yaml": set(`  inputsFrom: [{ name: one }]\n${resources.replace("inputs.name", "inputs.id")}`),
    });
    expect(gaps(byId)).toEqual([expect.stringMatching(/^templates use the id of a provider's inputs/)]);
  });

  test("whose data are copied in the cluster is judged without them, and says so", async () => {
    const report = await judged({
      "set.yaml": set(
        "  resources:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata:\n      name: info\n      namespace: web\n      labels: { owner: me }\n      annotations: { fluxcd.controlplane.io/copyFrom: flux-system/info }\n",
      ),
    });
    expect(gaps(report)).toEqual(["ConfigMap web/info: data that copyFrom takes from flux-system/info is not known"]);
    expect(report.sources[0]?.manifests).toBe(1);
  });

  test.each([
    [
      "an input that is not there",
      `  inputs: [{ a: b }]\n  resources:\n  - ${pod("    ", "<< inputs.name >>", "x:1")}\n`,
      /^set\.yaml:7 .*spec\.resources\.0 cannot be rendered: .*no entry for key "name"/,
    ],
    [
      "a template that cannot be read",
      "  resourcesTemplate: |\n    << if >>\n",
      /^set\.yaml:5 .*spec\.resourcesTemplate cannot be rendered: .*missing value for if/,
    ],
    [
      "an input without a name",
      "  inputsFrom: [{ name: y }]\n  resources: [{ kind: X }]\n",
      /spec\.inputsFrom\.0 needs a name or a selector/,
    ],
    ["inputs that are none", "  inputs: [x]\n  resources: [{ kind: X }]\n", /spec\.inputs is not a list of objects/],
    ["a document that is none", '  resourcesTemplate: "a: b"\n', /^set\.yaml:5 .*renders a document that is no object/],
    ["a resource that is none", "  resources:\n  - { kind: X }\n", /^set\.yaml:6 .*it renders 0 objects, and not one/],
    [
      "steps beside resources",
      "  steps: [{ name: a, resourcesTemplate: '' }]\n  resources: [{ kind: X }]\n",
      /spec\.steps stands beside/,
    ],
  ])("with %s is a problem there", async (_, spec, message) => {
    const report = await judged({ "set.yaml": set(spec) });
    expect(told(report)).toEqual([expect.stringMatching(message)]);
    expect(report.verdict).toBe("error");
  });
});
