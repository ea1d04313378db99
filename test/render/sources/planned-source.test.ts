import { expect, test } from "@jest/globals";
import type { Source } from "../../../src/model/source.ts";
import type { Plan } from "../../../src/render/plan.ts";
import type { RenderedObject } from "../../../src/render/rendered-objects.ts";
import { renderings } from "../../../src/render/sources/rendering-cache.ts";
import { isOfInterest } from "../../../src/render/sources/objects-of-interest.ts";
import { sourceFromPlan, type RenderCaches } from "../../../src/render/sources/planned-source.ts";
import type { PlannedStep, StepRendering } from "../../../src/render/steps/step.ts";

const source: Source = { id: "shop", kind: "kustomize", path: "shop/app.yaml", line: 7, environments: ["prod"] };
const plan: Plan = { source, steps: [], gaps: [] };

function object(kind: string, name: string, more: Partial<RenderedObject> = {}): RenderedObject {
  const value = { apiVersion: "v1", kind, metadata: { name } };
  return { identity: { group: "", kind, name }, apiVersion: "v1", value, document: 0, pointer: "", ...more };
}

function rendered(objects: readonly RenderedObject[], more: object = {}): StepRendering & { kind: "rendered" } {
  const yaml = objects.map(({ identity: { name } }) => `name: ${name}\n`).join("---\n");
  return { kind: "rendered", objects, yaml, accounts: [], gaps: [], trace: null, ...more };
}

/** A step that answers in turn, and counts how often it is rendered. */
function step(answers: readonly StepRendering[], more: Partial<PlannedStep> = {}): PlannedStep & { rendered: number } {
  return {
    options: "options",
    inputs: "inputs",
    reads: [{ path: "shop/a.yaml", id: "1" }],
    content: "content",
    problems: [],
    gaps: [],
    rendered: 0,
    async render() {
      this.rendered += 1;
      return answers[Math.min(this.rendered, answers.length) - 1] ?? rendered([]);
    },
    places: async () => ({ place: () => undefined }),
    ...more,
  };
}

/** What one job renders with; jobs share a cache. */
function job(cache = new Map<string, unknown>(), digest = "renderer"): RenderCaches {
  const kept: RenderCaches["cache"] = { get: (key) => cache.get(key), set: (key, value) => void cache.set(key, value) };
  const scopes = { isClusterScoped: () => undefined, served: [], digest: "scopes" };
  return { cache: kept, renderings: renderings(kept), scopes, digest };
}

const failed: StepRendering = {
  kind: "failed",
  problems: [{ stage: "render", path: "shop/a.yaml", line: 1, message: "cannot be rendered: no" }],
};
const late: StepRendering = { ...failed, transient: true };

test.each<[string, StepRendering, number]>([
  ["is rendered again where a limit ended it", late, 2],
  ["is not rendered again where it failed", failed, 1],
  ["is not rendered again where it succeeded", rendered([object("Pod", "web")]), 1],
])("in the next job a source %s", async (_, first, expected) => {
  const cache = new Map<string, unknown>();
  const one = step([first, rendered([object("Secret", "later")])]);
  const before = sourceFromPlan(plan, [one], job(cache));
  expect(await before.summary()).toMatchObject({ state: first.kind });
  // Within the job a limit counts for all that ask.
  expect((await before.unit([]).render()).problems).toEqual(first.kind === "failed" ? first.problems : []);
  expect(await before.summary()).toMatchObject({ state: first.kind });
  expect(one.rendered).toBe(1);

  const after = sourceFromPlan(plan, [one], job(cache));
  const summary = await after.summary();
  expect(one.rendered).toBe(expected);
  expect(summary.state).toBe(expected === 1 ? first.kind : "rendered");
  expect((await after.unit([]).render()).manifests.map(({ identity }) => identity.name)).toEqual(
    expected === 2 ? ["later"] : first.kind === "failed" ? [] : ["web"],
  );
});

test("a source that several ask for at once is rendered once", async () => {
  const one = step([rendered([object("Pod", "web")])]);
  const caches = job();
  const [first, second] = [sourceFromPlan(plan, [one], caches), sourceFromPlan(plan, [one], caches)];
  await Promise.all([first.summary(), second.summary(), first.unit([]).render()]);
  expect(one.rendered).toBe(1);
});

test("of a rendering is kept what leads to other sources, and which files it accounts for", async () => {
  const gap = { path: "shop/a.yaml", line: 2, reason: "remote" };
  const steps = [
    step([rendered([object("Pod", "web"), object("ConfigMap", "env")], { accounts: ["b", "a"], gaps: [gap] })]),
    step([rendered([object("Secret", "key")], { accounts: ["a", "c"] })], { gaps: [{ ...gap, reason: "known" }] }),
  ];
  const ready = sourceFromPlan({ ...plan, gaps: [{ ...gap, reason: "planned", source: "" }] }, steps, job());
  const summary = await ready.summary();
  expect(summary).toMatchObject({ state: "rendered", problems: [], manifests: 3, accounts: ["a", "b", "c"] });
  expect(summary.objects.map(({ identity: { name } }) => name)).toEqual(["env", "key"]);
  const gaps = ["planned", "known", "remote"].map((reason) => ({
    ...gap,
    reason,
    source: "shop",
    inputs: expect.any(String),
  }));
  expect(summary.gaps).toEqual(gaps);
  expect(await ready.summary()).toEqual(summary);
  expect((await ready.as({ ...source, id: "other" }).summary()).gaps).toMatchObject(
    gaps.map((one) => ({ ...one, source: "other" })),
  );
  const reading = await ready.unit(["a"]).render();
  expect(reading.gaps).toMatchObject(gaps);
  expect(reading.yaml).toBe("name: web\n---\nname: env\n---\nname: key\n");
  expect(reading.violations).toEqual([]);
});

test("a step with a known problem keeps the whole source from being rendered", async () => {
  const problem = { stage: "render" as const, path: "shop/a.yaml", line: 3, message: "unknown field" };
  const [good, bad] = [step([rendered([object("Pod", "web")])]), step([], { problems: [problem] })];
  const ready = sourceFromPlan(plan, [good, bad], job());
  expect(await ready.summary()).toMatchObject({ state: "failed", problems: [problem], manifests: 0, accounts: [] });
  expect([good.rendered, bad.rendered]).toEqual([0, 0]);
  const { manifests, problems, yaml } = await ready.unit([]).render();
  expect({ manifests, problems, yaml }).toEqual({ manifests: [], problems: [problem], yaml: "" });
});

test("where one step fails, none of the source counts, and the steps that follow are not rendered", async () => {
  const [first, second, third] = [
    step([rendered([object("ConfigMap", "a")], { accounts: ["a"] })]),
    step([failed]),
    step([]),
  ];
  const summary = await sourceFromPlan(plan, [first, second, third], job()).summary();
  expect(summary).toMatchObject({ state: "failed", manifests: 0, accounts: [], objects: [], gaps: [] });
  expect([first.rendered, second.rendered, third.rendered]).toEqual([1, 1, 0]);
});

const base = { steps: [step([])], plan, caches: job() };
const limits = {
  manifest: {
    identity: { group: "argoproj.io", kind: "AppProject", name: "p" },
    apiVersion: "argoproj.io/v1alpha1",
    value: { apiVersion: "argoproj.io/v1alpha1", kind: "AppProject", metadata: { name: "p" }, spec: {} },
    position: { path: "p.yaml", document: 0, line: 1, pointer: "" },
  },
  destination: { name: "", server: "" },
};

test.each<[string, Partial<typeof base>, "render" | "key" | "neither"]>([
  ["nothing", {}, "neither"],
  ["the options of a step", { steps: [step([], { options: "other" })] }, "render"],
  ["the content of what a step reads", { steps: [step([], { content: "other" })] }, "render"],
  ["the renderer", { caches: job(new Map(), "another") }, "render"],
  ["one more step", { steps: [step([]), step([])] }, "render"],
  ["what the source is called", { plan: { ...plan, source: { ...source, id: "other" } } }, "key"],
  ["where it lands", { plan: { ...plan, source: { ...source, environments: ["test"] } } }, "key"],
  ["a gap", { plan: { ...plan, gaps: [{ path: "a", line: 1, source: "shop", reason: "x" }] } }, "key"],
  ["a project", { plan: { ...plan, projects: [limits] } }, "key"],
])("a source is another one by %s", (_, change, expected) => {
  const [one, other] = [base, { ...base, ...change }].map((made) => sourceFromPlan(made.plan, made.steps, made.caches));
  const isOther = {
    render: one?.renderKey !== other?.renderKey,
    key: one?.unit([]).key !== other?.unit([]).key,
  };
  expect(isOther).toEqual({ render: expected === "render", key: expected !== "neither" });
});

test("what a source reads is all that its steps and its plan read; it is stopped where all of its steps are", () => {
  const stopped = step([], { stopped: true, reads: [{ path: "b", id: undefined }] });
  const one = sourceFromPlan({ ...plan, reads: ["p"] }, [step([]), stopped], job(), [{ path: "p", id: "1" }]);
  expect(one.reads.map(({ path }) => path)).toEqual(["shop/a.yaml", "b", "p"]);
  expect(one.reads.at(-1)?.id).toBeDefined();
  expect(one.stopped).toBe(false);
  expect(sourceFromPlan(plan, [stopped, stopped], job()).stopped).toBe(true);
});

test("a value is placed where its step knows it, else at the object's own text, else where the source is declared", async () => {
  const own = { path: "shop/web.yaml", document: 0, line: 4, pointer: "" };
  const objects = [object("Pod", "web", { position: own }), object("Pod", "db")];
  const at = { path: "shop/patch.yaml", place: { line: 9, column: 3, endLine: 9 } };
  let prepared = 0;
  const one = step([rendered(objects)], {
    places: async () => {
      prepared += 1;
      return { place: (index, pointer) => (index === 0 && pointer === "/spec" ? at : undefined) };
    },
  });
  const reading = await sourceFromPlan(plan, [step([rendered([])]), one], job())
    .unit([])
    .render();
  const [web, db] = reading.manifests;
  if (web === undefined || db === undefined) throw new Error("two manifests are rendered");
  const entry = { path: "shop/app.yaml", place: { line: 7, column: 1, endLine: 7 }, precision: "source" };
  expect(web).toMatchObject({ position: own, source: "shop" });
  expect(db).toMatchObject({ position: { path: "shop/app.yaml", line: 7 }, source: "shop" });
  expect(reading.place(web, "/spec")).toEqual({
    path: "shop/web.yaml",
    place: { line: 4, column: 1, endLine: 4 },
    precision: "source",
  });
  expect(reading.place(db, "")).toEqual(entry);
  await Promise.all([reading.prepare(), reading.prepare()]);
  await reading.prepare();
  expect(prepared).toBe(1);
  expect(reading.place(web, "/spec")).toEqual(at);
  // A manifest that was given its environment is the same object.
  expect(reading.place({ ...web, environment: "prod" }, "/spec")).toEqual(at);
  expect(reading.place(web, "/metadata")).toEqual(entry);
  expect(reading.place(db, "/spec")).toEqual(entry);
});

test.each<[string, string, string, boolean]>([
  ["argoproj.io", "Application", "a", true],
  ["kustomize.toolkit.fluxcd.io", "Kustomization", "a", true],
  ["fluxcd.controlplane.io", "FluxInstance", "a", true],
  ["notargoproj.io", "Application", "a", false],
  ["apps", "Deployment", "kustomize-controller", true],
  ["apps", "Deployment", "helm-controller", true],
  ["apps", "Deployment", "source-controller", false],
  ["apps", "StatefulSet", "kustomize-controller", false],
  ["", "ConfigMap", "a", true],
  ["", "Secret", "a", true],
  ["", "Service", "a", false],
  ["example.com", "Secret", "a", false],
])("other sources may come of %s %s %s: %s", (group, kind, name, expected) => {
  expect(isOfInterest({ group, kind, name })).toBe(expected);
});
