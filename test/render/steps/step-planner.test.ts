import { expect, test } from "@jest/globals";
import { defaultConfig } from "../../../src/config/default-config.ts";
import type { Config } from "../../../src/model/config.ts";
import type { RemoteOutcome, Remotes } from "../../../src/model/remotes.ts";
import type { Renderer, RenderOutcome } from "../../../src/model/renderer.ts";
import type { Tree } from "../../../src/model/tree.ts";
import type { DesiredStateRequest } from "../../../src/render/desired-state.ts";
import { scopeOf } from "../../../src/render/files/scope.ts";
import type { Step } from "../../../src/render/plan.ts";
import { surveyTree } from "../../../src/render/sources/survey-tree.ts";
import { memoryTree } from "../../../src/tree/memory-tree.ts";
import type { Files } from "../found-state.ts";

const unused = async (): Promise<RenderOutcome<never>> => ({ kind: "failed", message: "not asked" });
const renderer: Renderer = {
  digest: "renderer",
  kustomize: unused,
  helm: unused,
  substitute: unused,
  goTemplate: unused,
  resourceSet: unused,
  jsonnet: unused,
  close: () => {},
};

const root: Step = { kind: "kustomize", path: "app" };
const chart: Step = {
  kind: "helm",
  chart: { kind: "path", path: "chart" },
  releaseName: "web",
  namespace: "web",
  values: [{ kind: "file", path: "values/web.yaml" }],
};
const edited: Step = {
  kind: "kustomize",
  path: "flux",
  overrides: new Map([
    ["flux/kustomization.yaml", new TextEncoder().encode("resources: [../inner, b.yaml, ../later]\n")],
  ]),
};
const absent: Step = { ...chart, chart: { kind: "path", path: "late" }, values: [] };
const directory: Step = { kind: "directory", path: "plain", recurse: true };

const chartText = "apiVersion: v2\nname: web\nversion: 1.0.0\n";
const files: Files = {
  "app/kustomization.yaml":
    "resources: [../base, service.yaml, ../gone/a.yaml]\nhelmCharts: [{ name: c, releaseName: c }]\n",
  "app/service.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: s }\n",
  "app/charts/c/Chart.yaml": "apiVersion: v2\nname: c\nversion: 1.0.0\n",
  "base/kustomization.yaml": "resources: [a.yaml, https://example.com/b.yaml]\n",
  "base/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: a }\n",
  "chart/Chart.yaml": chartText,
  "chart/templates/a.yaml": "kind: A\n",
  "values/web.yaml": "a: 1\n",
  "flux/b.yaml": "kind: B\n",
  "inner/kustomization.yaml": "resources: [c.yaml]\n",
  "inner/c.yaml": "kind: C\n",
  "plain/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: p }\n",
  "other/a.yaml": "apiVersion: v1\nkind: Service\nmetadata: { name: o }\n",
};

interface Planned {
  /** What the steps are known by, as plain data. */
  readonly steps: readonly unknown[];
  /** How many of them were planned and not taken from the cache. */
  readonly fresh: number;
}

interface More extends Partial<Config> {
  /** What servers have in the place of nothing. */
  readonly servers?: Remotes;
  readonly planning?: readonly Step[];
}

async function plan(of: Files | Tree, held: Map<string, unknown>, given: More = {}): Promise<Planned> {
  const { servers, planning = [root, edited, chart, absent, directory], ...more } = given;
  let fresh = 0;
  const cache: DesiredStateRequest["cache"] = {
    get: (key) => held.get(key),
    set: (key, value) => {
      if (key.startsWith("step\0")) fresh += 1;
      held.set(key, value);
    },
  };
  const { steps, renderContext } = await surveyTree(isTree(of) ? of : memoryTree(of), {
    scope: scopeOf({ include: ["**"], exclude: [] }),
    config: { ...defaultConfig, ...more },
    renderer,
    repositories: [],
    branches: [],
    cache,
    ...(servers === undefined ? {} : { remotes: servers }),
  });
  const entry = { path: "o.yaml", line: 3 };
  const profile = renderContext.profiles.of([]);
  const planned = await Promise.all(planning.map((step) => steps.plan(step, profile, entry)));
  return { steps: planned.map((step): unknown => JSON.parse(JSON.stringify(step))), fresh };
}

test("a step is planned once for all trees in which all that was looked up for it is found again", async () => {
  const held = new Map<string, unknown>();
  const first = await plan(files, held);
  expect(first.fresh).toBe(5);
  const again = await plan({ ...files, "other/a.yaml": "kind: Other\n", "new/b.yaml": "kind: B\n" }, held);
  expect(again).toEqual({ ...first, fresh: 0 });
});

test("a step of two trees that differ is planned once for each", async () => {
  const held = new Map<string, unknown>();
  const changed = { ...files, "base/a.yaml": "kind: Changed\n" };
  const [one, other] = [await plan(files, held), await plan(changed, held)];
  expect(await plan(files, held)).toEqual({ ...one, fresh: 0 });
  expect(await plan(changed, held)).toEqual({ ...other, fresh: 0 });
});

function isTree(of: Files | Tree): of is Tree {
  return typeof of["readAll"] === "function";
}

test("a step is planned again where a file could not be read", async () => {
  const held = new Map<string, unknown>();
  const tree = memoryTree(files);
  const broken: Tree = {
    ...tree,
    async *readAll(paths) {
      if (paths[0] === "chart/Chart.yaml") throw new Error("it is missing from this clone");
      yield* tree.readAll(paths);
    },
  };
  await plan(broken, held);
  expect(await plan(tree, held)).toEqual({ steps: (await plan(tree, new Map())).steps, fresh: 1 });
});

const without = (...paths: readonly string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !paths.includes(path)));

test.each<[string, Files, Partial<Config>]>([
  ["a resource of a base changed", { ...files, "base/a.yaml": "kind: Changed\n" }, {}],
  ["a resource of a base is gone", without("base/a.yaml"), {}],
  ["a base is gone", without("base/kustomization.yaml", "base/a.yaml"), {}],
  [
    "a kustomization has another name",
    { ...without("base/kustomization.yaml"), "base/Kustomization": "resources: [a.yaml]\n" },
    {},
  ],
  ["a second kustomization stands beside one", { ...files, "base/kustomization.yml": "resources: []\n" }, {}],
  ["a base is a file", { ...without("base/kustomization.yaml", "base/a.yaml"), base: "kind: File\n" }, {}],
  ["a chart of Kustomize has a new file", { ...files, "app/charts/c/templates/new.yaml": "kind: New\n" }, {}],
  ["a chart of Kustomize is gone", without("app/charts/c/Chart.yaml"), {}],
  ["a chart has a new file", { ...files, "chart/templates/new.yaml": "kind: New\n" }, {}],
  ["a chart lacks a file", without("chart/templates/a.yaml"), {}],
  [
    "a chart got a dependency",
    { ...files, "chart/Chart.yaml": `${chartText}dependencies: [{ name: d, version: 1.0.0 }]\n` },
    {},
  ],
  ["a chart is gone", without("chart/Chart.yaml", "chart/templates/a.yaml"), {}],
  ["a directory stands where a chart was missing", { ...files, "late/values.yaml": "a: 1\n" }, {}],
  ["a submodule stands where a resource was missing", { ...files, gone: { submodule: "1" } }, {}],
  ["a file beside an edited kustomization changed", { ...files, "flux/b.yaml": "kind: Changed\n" }, {}],
  ["a file beside an edited kustomization is gone", without("flux/b.yaml"), {}],
  ["a base of an edited kustomization changed", { ...files, "inner/c.yaml": "kind: Changed\n" }, {}],
  ["a base of an edited kustomization is there", { ...files, "later/kustomization.yaml": "resources: []\n" }, {}],
  ["a values file changed", { ...files, "values/web.yaml": "a: 2\n" }, {}],
  ["a values file is gone", without("values/web.yaml"), {}],
  ["a directory has a new file", { ...files, "plain/b.yaml": "kind: New\n" }, {}],
  ["a resource is a link", { ...files, "app/service.yaml": { symlink: "../base/a.yaml" } }, {}],
  ["a base is in a submodule", { ...without("base/kustomization.yaml", "base/a.yaml"), base: { submodule: "1" } }, {}],
  [
    "a remote resource is vendored",
    { ...files, "v/b.yaml": "kind: B\n" },
    { kustomize: { vendored: { "https://example.com/b.yaml": "v/b.yaml" } } },
  ],
])("after %s, each step is what it is where nothing is cached", async (_, tree, config) => {
  const held = new Map<string, unknown>();
  await plan(files, held);
  const { steps, fresh } = await plan(tree, held, config);
  const anew = await plan(tree, new Map(), config);
  expect(steps).toEqual(anew.steps);
  expect(fresh).toBeGreaterThan(0);
  expect(fresh).toBeLessThanOrEqual(5);
});

const registry: Step = {
  kind: "helm",
  chart: { kind: "registry", repository: "https://charts.example.com", name: "podinfo", version: "1.0.0" },
  releaseName: "podinfo",
  namespace: "web",
  values: [{ kind: "file", path: "values/web.yaml" }],
};

/** Servers that have a chart of this digest, or answer something else; `asked` are the references that they were asked for. */
function servers(answer: RemoteOutcome["kind"] | "stale", mark = "1"): Remotes & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const content = {
    version: "1.0.0",
    digest: `sha256:${mark.repeat(64)}`,
    tree: memoryTree({ "Chart.yaml": chartText, "templates/a.yaml": `kind: A${mark}\n` }),
  };
  return {
    asked,
    fetch: async (reference) => {
      asked.push(reference.kind === "chart" ? reference.version : reference.url);
      if (answer === "found") return { kind: "found", content };
      return answer === "stale"
        ? { kind: "found", content: { ...content, stale: true } }
        : { kind: answer, message: "it says no" };
    },
  };
}

const remote = (of: Remotes, step: Step = registry): More => ({
  servers: of,
  planning: [step],
  remotes: { fetch: "any", allow: [], mirrors: {} },
});

test.each(["found", "absent", "refused"] as const)(
  "a step is planned once while its chart's server answers the same: %s",
  async (answer) => {
    const held = new Map<string, unknown>();
    const first = await plan(files, held, remote(servers(answer)));
    expect(first.fresh).toBe(1);
    const other = { ...files, "other/a.yaml": "kind: Other\n" };
    expect(await plan(other, held, remote(servers(answer)))).toEqual({ ...first, fresh: 0 });
  },
);

test.each(["unanswered", "stale"] as const)("a step is planned each time its chart's server is %s", async (answer) => {
  const held = new Map<string, unknown>();
  await plan(files, held, remote(servers(answer)));
  expect(held.size === 0 || [...held.keys()].every((key) => !key.startsWith("step\0"))).toBe(true);
});

test.each<[string, Remotes]>([
  ["has other content", servers("found", "2")],
  ["has the chart no longer", servers("absent")],
  ["does not answer", servers("unanswered")],
  ["is not asked for it", servers("refused")],
])("a step is planned again where its chart's server %s", async (_, later) => {
  const held = new Map<string, unknown>();
  const before = await plan(files, held, remote(servers("found")));
  const { steps } = await plan(files, held, remote(later));
  expect(steps).not.toEqual(before.steps);
  expect(steps).toEqual((await plan(files, new Map(), remote(later))).steps);
});

test("a server is asked only for what this tree refers to, whatever is kept of others", async () => {
  const held = new Map<string, unknown>();
  const local: Step = { ...chart, values: [] };
  const dependingOn = (version: string): Files => ({
    ...files,
    "chart/Chart.yaml": `${chartText}dependencies: [{ name: d, version: ${version}, repository: "https://charts.example.com" }]\n`,
  });
  await plan(dependingOn("1.0.0"), held, remote(servers("found"), local));
  await plan(dependingOn("2.0.0"), held, remote(servers("found"), local));
  const later = servers("found");
  const { fresh } = await plan(dependingOn("1.0.0"), held, remote(later, local));
  expect(fresh).toBe(0);
  expect(later.asked).toContain("1.0.0");
  expect(later.asked).not.toContain("2.0.0");
});
