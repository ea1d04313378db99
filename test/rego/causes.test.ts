import { afterAll, describe, expect, test } from "@jest/globals";
import type { Cause } from "../../src/model/violation.ts";
import { freshToolchain, judgeOf, judgementOn, question } from "./judging.ts";

const toolchain = freshToolchain();
afterAll(() => toolchain.close());

const pod = question({
  metadata: { name: "web" },
  spec: {
    containers: [
      { name: "a", image: "a:1", securityContext: { privileged: false } },
      { name: "b", image: "b:latest" },
      { name: "c", image: "c:latest", securityContext: { privileged: true } },
    ],
  },
});

type Place = Pick<Cause, "pointer" | "precision">;

describe("a violation has its cause though its policy names no place", () => {
  test.each<[string, string, readonly Place[]]>([
    [
      "the item out of several, once for each",
      'deny contains sprintf("%s is unpinned", [c.name]) if { some c in input.spec.containers; endswith(c.image, ":latest") }',
      [
        { pointer: "/spec/containers/1/image", precision: "value" },
        { pointer: "/spec/containers/2/image", precision: "value" },
      ],
    ],
    [
      "two causes of one message are two violations",
      'deny contains "unpinned" if { some c in input.spec.containers; endswith(c.image, ":latest") }',
      [
        { pointer: "/spec/containers/1/image", precision: "value" },
        { pointer: "/spec/containers/2/image", precision: "value" },
      ],
    ],
    [
      "the deepest place that exists, where a field is missing",
      'deny contains "no team" if not input.metadata.labels.team',
      [{ pointer: "/metadata", precision: "parent" }],
    ],
    [
      "the value itself, though the policy gathered values from several lists first",
      'all := array.concat(object.get(input.spec, "initContainers", []), input.spec.containers)\nimages := {c.image | some c in all}\ndeny contains image if { some image in images; startswith(image, "c:") }',
      [{ pointer: "/spec/containers/2/image", precision: "value" }],
    ],
    [
      "the list, where an item of it is meant and which one is not known",
      'joined := concat(" ", [c.image | some c in input.spec.containers])\ndeny contains "something is latest" if contains(joined, ":latest")',
      [{ pointer: "/spec/containers", precision: "parent" }],
    ],
    [
      "the whole manifest, where the policy names more keys than are told apart",
      `checks := [${Array.from({ length: 20 }, (_, i) => `{"path": ["spec", "${i === 3 ? "containers" : i === 0 ? "off" : `x${i}`}"], "message": "m${i}"}`).join(", ")}]
       deny contains check.message if { some check in checks; object.get(input, check.path, false) != false }`,
      [{ pointer: "", precision: "manifest" }],
    ],
    ["the whole manifest, where nothing is read", 'deny contains "never"', [{ pointer: "", precision: "manifest" }]],
  ])("%s", async (_name, rego, places) => {
    const judge = await judgeOf(toolchain, `package main\n${rego}`, { namespaces: ["main"] });
    const { violations, problems } = await judgementOn(judge, pod);
    expect(problems).toEqual([]);
    expect(violations.map(({ cause: { pointer, precision } }) => ({ pointer, precision }))).toEqual(places);
  });
});

test("an excused result has no cause, and costs no search for one", async () => {
  const rego = 'package main\ndeny contains "no" if input.metadata.name == "web"\nexception contains [""]';
  const judge = await judgeOf(toolchain, rego, { namespaces: ["main"] });
  const { excepted } = await judgementOn(judge, pod);
  expect(excepted.map(({ cause }) => cause.precision)).toEqual(["manifest"]);
});
