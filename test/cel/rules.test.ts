import { afterAll, expect, test } from "@jest/globals";
import { linesOf, openTestJudge } from "./judging.ts";

const judge = await openTestJudge();
afterAll(() => judge.close());

/** A CRD for widgets whose spec has these rules; it takes up 31 lines. */
function crd(rules: readonly string[], items = "maxItems: 20"): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-validations: [${rules.map((rule) => `{${rule}}`).join(", ")}]
              properties:
                min: {type: integer}
                max: {type: integer, default: 3}
                mode: {type: string, maxLength: 20}
                parts:
                  type: array
                  ${items}
                  items:
                    type: object
                    properties:
                      name: {type: string, maxLength: 20}
                      size: {type: integer}
---
`;
}

const widget = `apiVersion: example.com/v1
kind: Widget
metadata: {name: a}
spec:
  min: 5
  mode: blue
  parts:
    - {name: x, size: 1}
    - name: right
      size: 9
`;

test.each([
  [
    "a comparison of two values is placed at the one that it read last and is there",
    'rule: "self.min <= 4", message: too large',
    "36 rule spec: too large",
  ],
  [
    "a default of the schema counts, and a value that only it gives is placed at the object",
    'rule: "self.min <= self.max", message: min must not be more than max',
    "35 rule spec: min must not be more than max",
  ],
  [
    "the item that breaks a rule about all items",
    'rule: "self.parts.all(p, p.size < 5)", messageExpression: "self.mode + \' has a large part\'"',
    "41 rule spec: blue has a large part",
  ],
  [
    "the list where no item fits",
    "rule: \"self.parts.exists(p, p.name == 'main')\"",
    "38 rule spec: failed rule: self.parts.exists(p, p.name == 'main')",
  ],
  [
    "a fieldPath that is there",
    'rule: "self.min < 0", fieldPath: .mode',
    "37 rule spec.mode: failed rule: self.min < 0",
  ],
  [
    "a fieldPath that is missing: the object that should hold it",
    'rule: "has(self.max) && self.max > 3", fieldPath: .max, reason: FieldValueRequired, message: say how many',
    "35 rule spec.max: say how many",
  ],
])("%s", async (_, rule, line) => {
  expect(await linesOf(judge, crd([rule]) + widget)).toEqual([line]);
});

test("an object that keeps the rules is silent", async () => {
  expect(await linesOf(judge, crd(['rule: "self.min > 4"']) + widget)).toEqual([]);
});

test("a transition rule is judged by what the object was before, and only then", async () => {
  const text = crd(['rule: "self.mode == oldSelf.mode", message: mode is immutable']) + widget;
  const old = { apiVersion: "example.com/v1", kind: "Widget", metadata: { name: "a" }, spec: { mode: "red" } };
  expect(await linesOf(judge, text)).toEqual([]);
  expect(await linesOf(judge, text, { a: old })).toEqual(["37 transition spec: mode is immutable"]);
});

test("optionalOldSelf applies to a new object as well", async () => {
  const rule = "rule: \"oldSelf.hasValue() || self.mode == 'red'\", optionalOldSelf: true, message: starts red";
  expect(await linesOf(judge, crd([rule]) + widget)).toEqual(["37 rule spec: starts red"]);
});

test("a rule that does not compile is refused at its line in the CRD, and objects are not blamed for it", async () => {
  const lines = await linesOf(judge, crd(['rule: "self.size > 3"']) + widget);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^18 definition spec\.versions\[0\].*compilation failed: .*undefined field 'size'/s);
});

test("an error about the type of an object reads alike each time", async () => {
  const [one] = await linesOf(judge, crd(['rule: "self == 1"']));
  expect(one).toMatch(/^18 definition .*'\(self, int\)'$/);
});

test("a rule that may cost too much is refused in the CRD as the API server does", async () => {
  const rule = 'rule: "self.parts.all(x, self.parts.all(y, self.parts.all(z, x.size + y.size > z.size)))"';
  const lines = await linesOf(judge, crd([rule], "x-kubernetes-list-type: atomic") + widget);
  expect(lines[0]).toMatch(/^18 definition .*estimated rule cost exceeds budget by factor of more than 100x/);
});

test("the rules of an object that does not fit its schema are not checked, which is said", async () => {
  const lines = await linesOf(judge, crd(['rule: "self.min < 5"']) + widget.replace("min: 5", "min: five"));
  expect(lines).toEqual([
    expect.stringMatching(/^36 unchecked the rules of its CRD were not checked because .*spec\.min/),
  ]);
});

test("integers are exact and are no floating-point numbers", async () => {
  const text =
    crd(['rule: "self.min == 9007199254740993", message: other']) + widget.replace("min: 5", "min: 9007199254740993");
  expect(await linesOf(judge, text)).toEqual([]);
});
