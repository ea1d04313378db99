import { describe, expect, test } from "@jest/globals";
import type { Json, JsonObject } from "../../../src/model/json.ts";
import { createLocator, readTwins } from "../../../src/rego/locate/locate.ts";
import { stablePointerOf } from "../../../src/manifest/pointer.ts";
import { indexSubtrees } from "../../../src/rego/locate/subtree-index.ts";
import type { TwinStatic } from "../../../src/rego/locate/twin-static.ts";

const pod: JsonObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web" },
  spec: {
    containers: [
      { name: "same", image: "a:1" },
      { name: "same", image: "a:1" },
      { name: "other", image: "b:1", ports: [{ containerPort: 80 }, { containerPort: 443 }] },
    ],
    initContainers: [{ name: "same", image: "a:1" }],
  },
};

function twin(part: Partial<TwinStatic>): TwinStatic {
  return { rule: 0, path: "policy.rego", line: 1, steps: [], ...part };
}

function causes(document: JsonObject, statics: readonly TwinStatic[], answers: Json, result: Json = "no") {
  return createLocator(document, readTwins(statics as unknown as readonly Json[]), answers as readonly Json[]).causes(
    0,
    result,
  );
}

const ofContainer = twin({
  steps: [{ kind: "condition", line: 2, reads: [{ r: [{ h: "c", p: ["image"] }], own: true }] }],
  origins: { c: [{ h: "input", p: ["spec", "containers", null] }] },
});

describe("a captured value is found again in the document", () => {
  test("at each of several equal places, but only where it can come from", () => {
    const found = causes(pod, [ofContainer], [[0, "no", { c: { image: "a:1", name: "same" } }]]);
    expect(found.map(({ pointer }) => pointer)).toEqual(["/spec/containers/0/image", "/spec/containers/1/image"]);
  });

  test("and where it is not found, the place is the manifest", () => {
    const [cause] = causes(pod, [ofContainer], [[0, "no", { c: { image: "elsewhere" } }]]);
    expect(cause).toEqual({ pointer: "", stablePointer: "", precision: "manifest" });
  });

  test("by content, whatever the order of keys, and never a number for its text", () => {
    const index = indexSubtrees({ a: [{ x: 1, y: "2" }], b: { y: "2", x: 1 }, c: { x: "1", y: "2" } });
    expect(index.find({ y: "2", x: 1 })).toEqual([["a", 0], ["b"]]);
    expect(index.find({ x: 1n, y: "2" })).toEqual([["a", 0], ["b"]]);
    expect(index.find({ x: 2, y: "2" })).toEqual([]);
  });
});

describe("a captured single value is a place only where the document has it", () => {
  const lists = ["containers", "initContainers"].map((list) => ({ h: "input", p: ["spec", list, null, "image"] }));
  const ofImage = twin({
    steps: [{ kind: "condition", line: 2, reads: [{ r: [{ h: "image", p: [] }, ...lists], own: true }] }],
    origins: { image: lists },
  });

  test.each<[string, string, string, string]>([
    ["the only one that is equal", "b:1", "/spec/containers/2/image", "value"],
    ["what equal ones have in common", "a:1", "/spec", "parent"],
    ["what all of them have in common, where it was made of them", "b", "/spec", "parent"],
  ])("%s", (_name, image, pointer, precision) => {
    const [cause] = causes(pod, [ofImage], [[0, "no", { image }]]);
    expect(cause).toMatchObject({ pointer, precision });
  });
});

test("a value read by one of several keys is not taken for another's", () => {
  const reads = ["name", "image"].map((key) => ({
    r: [{ h: "input", p: ["spec", "initContainers", 0, key] }],
    own: true,
    or: true,
  }));
  const either = twin({ steps: [{ kind: "condition", line: 2, reads }] });
  expect(causes(pod, [either], [[0, "no", {}]])[0]?.precision).toBe("parent");
  const one = twin({ steps: [{ kind: "condition", line: 2, reads: reads.slice(0, 1) }] });
  expect(causes(pod, [one], [[0, "no", {}]])[0]).toMatchObject({ precision: "value" });
});

test("a cause names the values that its own is compared with", () => {
  const reads = [0, 1].map((index) => ({ r: [{ h: "input", p: ["spec", "containers", index, "name"] }], own: true }));
  const pair = twin({ steps: [{ kind: "condition", line: 2, equal: true, reads }] });
  expect(causes(pod, [pair], [[0, "no", {}]])[0]).toMatchObject({
    pointer: "/spec/containers/0/name",
    compared: ["/spec/containers/1/name"],
  });
});

describe("the digest of what was read", () => {
  const label = (key: string) =>
    twin({
      steps: [
        {
          kind: "condition",
          line: 2,
          neg: true,
          reads: [{ r: [{ h: "input", p: ["metadata", "labels", key] }], own: true, neg: true }],
        },
      ],
    });

  test("tells one missing field from another at the same place", () => {
    const [team, owner] = ["team", "owner"].map((key) => causes(pod, [label(key)], [[0, "no", {}]])[0]);
    expect(team?.pointer).toBe(owner?.pointer);
    expect(team?.reads).not.toBe(owner?.reads);
  });

  test("changes with the value and with nothing else", () => {
    const reads = (image: string, name: string) => {
      const document = { ...pod, spec: { containers: [{ name, image }] } };
      return causes(document, [ofContainer], [[0, "no", { c: { name, image } }]])[0]?.reads;
    };
    expect(reads("a:1", "x")).toBe(reads("a:1", "y"));
    expect(reads("a:1", "x")).not.toBe(reads("a:2", "x"));
  });
});

test("results are matched as values: an object by its members, a text never by a part of it", () => {
  const answers: Json = [
    [
      0,
      { msg: "no", n: 1 },
      { c: { name: "other", image: "b:1", ports: [{ containerPort: 80 }, { containerPort: 443 }] } },
    ],
  ];
  expect(causes(pod, [ofContainer], answers, { n: 1, msg: "no" })[0]?.pointer).toBe("/spec/containers/2/image");
  expect(causes(pod, [ofContainer], answers, "no")[0]?.precision).toBe("manifest");
});

test.each<[string, Json, string, string]>([
  ["a JSON pointer", { msg: "no", pointer: "/spec/containers/2/image" }, "/spec/containers/2/image", "value"],
  [
    "a list of keys under details",
    { msg: "no", details: { path: ["spec", "containers", 2, "tty"] } },
    "/spec/containers/2",
    "parent",
  ],
  ["a dotted path with an index", { msg: "no", path: "spec.containers[2].image" }, "/spec/containers/2/image", "value"],
  ["a path from the root in JSONPath's manner", { msg: "no", path: "$.metadata.name" }, "/metadata/name", "value"],
  ["the path of a file, which is no place", { msg: "no", path: "apps/web.yaml" }, "", "manifest"],
])("a result may name its place by %s", (_name, result, pointer, precision) => {
  expect(causes(pod, [], [], result)[0]).toMatchObject({ pointer, precision });
});

test.each<[string, readonly (string | number)[], string]>([
  ["the item's name", ["spec", "containers", 2, "image"], "/spec/containers/[name=other]/image"],
  [
    "another merge key",
    ["spec", "containers", 2, "ports", 1],
    "/spec/containers/[name=other]/ports/[containerPort=443]",
  ],
  ["the index, where a name stands twice", ["spec", "containers", 1], "/spec/containers/1"],
])("a stable pointer names an item by %s", (_name, path, expected) => {
  expect(stablePointerOf(pod, path)).toBe(expected);
});
