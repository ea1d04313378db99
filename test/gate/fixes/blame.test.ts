import { expect, test } from "@jest/globals";
import { blame } from "../../../src/gate/fixes/blame.ts";
import { declaredEdits } from "../../../src/gate/fixes/declared-edits.ts";
import type { Fixable } from "../../../src/gate/fixes/draft-fixes.ts";
import { objectsOf, type Broken } from "../../../src/gate/fixes/verify-fixes.ts";
import type { Finding } from "../../../src/model/finding.ts";

const named = (name: string) => ({ apiVersion: "batch/v1", kind: "Job", namespace: "shop", name });

const fixable = (policy: string, name: string): Fixable => {
  const finding: Finding = {
    policy: `pods/${policy}`,
    rule: "deny",
    level: "warn",
    message: policy,
    status: "existing",
    manifest: named(name),
    location: { path: `${name}.yaml`, line: 1, precision: "value" },
    pointer: "",
    fingerprint: `${policy} ${name}`,
  };
  return { finding, fix: { in: "pod", set: { "/x": true } } };
};

const about = (name: string): Broken => ({
  message: `new in ${name}`,
  objects: new Set(objectsOf({ manifest: named(name) })),
});

test("a fix that alone is for the object of what is new is guilty of it, and those of other objects are innocent", () => {
  const [a, b] = [fixable("seccomp", "a"), fixable("seccomp", "b")];
  expect(blame([a, b], [about("a")])).toEqual({ guilty: new Map([[a, "new in a"]]), layers: [], innocent: [b] });
});

test("fixes of one object are judged apart, together with those of others", () => {
  const [a1, a2] = [fixable("seccomp", "a"), fixable("token", "a")];
  const [b1, b2, c] = [fixable("seccomp", "b"), fixable("token", "b"), fixable("token", "c")];
  expect(blame([a1, a2, b1, b2, c], [about("a"), about("b")])).toEqual({
    guilty: new Map(),
    layers: [
      [a1, b1],
      [a2, b2],
    ],
    innocent: [c],
  });
});

test("a new problem is for the fixes of its file", () => {
  const [a, b] = [fixable("seccomp", "a"), fixable("seccomp", "b")];
  const broken = { message: "cannot be rendered", objects: new Set<string>(), path: "b.yaml" };
  expect(blame([a, b], [broken])?.guilty).toEqual(new Map([[b, "cannot be rendered"]]));
});

test("what is new and about none of them may be of any", () => {
  expect(blame([fixable("seccomp", "a")], [about("other")])).toBeUndefined();
});

test.each([
  ["Grafana", "/spec/deployment/spec/containers/1", { spec: { deployment: { spec: { containers: [{}, {}] } } } }],
  ["Prometheus", "/spec/containers/0/image", { spec: { containers: [{}] } }],
])("the pod of a %s is where the containers of the finding are", (kind, pointer, object) => {
  const edits = declaredEdits(
    { in: "pod", set: { "/x": true } },
    { pointer, manifest: { ...named("a"), kind } },
    object,
  );
  expect(edits).toEqual([{ kind: "set", pointer: `${pointer.split("/containers")[0]}/x`, value: true }]);
});

test("what has no containers is no pod, and a step of a task is a container", () => {
  const task = { manifest: { ...named("a"), kind: "Task" }, pointer: "/spec/steps/0/securityContext" };
  const object = { spec: { steps: [{ name: "a" }] } };
  expect(declaredEdits({ in: "pod", set: { "/x": true } }, task, object)).toBeUndefined();
  expect(declaredEdits({ in: "container", set: { "/x": true } }, task, object)).toEqual([
    { kind: "set", pointer: "/spec/steps/0/x", value: true },
  ]);
});
