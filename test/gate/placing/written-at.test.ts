import { expect, test } from "@jest/globals";
import { enclosingText } from "../../../src/gate/placing/written-at.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  labels: { app: web }
  name: web # the shop
spec:
  template:
    spec:
      containers:
        - name: web
          # pinned later
          image: nginx:latest # for now
        - name: db
          image: nginx:latest
`.split("\n");

const image = ["web", "spec:", "template:", "spec:", "containers:", "- name: web", "image: nginx:latest"];

test("a line is known by what encloses it and by the name of its document, without comments and indentation", () => {
  expect(enclosingText(deployment, 12)).toEqual(image);
});

test.each([
  ["lines above and another comment", ["# reviewed", ...deployment.map((line) => line.replace("for now", "soon"))], 13],
  ["another document before it", ["kind: Namespace", "metadata: { name: other }", "---", ...deployment], 15],
  [
    "an action of a template around it",
    [...deployment.slice(0, 9), "  {{- if .Values.web }}", ...deployment.slice(9)],
    13,
  ],
])("%s: the text stays", (_, lines, line) => {
  expect(enclosingText(lines, line)).toEqual(image);
});

test.each([
  ["another value", deployment.map((line) => line.replace("nginx", "redis")), 12],
  ["another container", deployment, 14],
  ["another object", deployment.map((line) => line.replace("name: web # ", "name: shop # ")), 12],
])("%s is another text", (_, lines, line) => {
  expect(enclosingText(lines, line)).not.toEqual(image);
});

test.each([
  ["in flow style", ["metadata: { namespace: shop, name: web }", "spec: {}"], 2, ["web", "spec: {}"]],
  ["generated", ["metadata:", "  generateName: job-", "spec: {}"], 3, ["job-", "spec: {}"]],
  ["of a template", ["metadata:", '  name: {{ include "x" . }}', "spec: {}"], 3, ['{{ include "x" . }}', "spec: {}"]],
  ["nowhere", ["image: { tag: latest }"], 1, ["", "image: { tag: latest }"]],
])("a name %s", (_, lines, line, expected) => {
  expect(enclosingText(lines, line)).toEqual(expected);
});

test("a line that is not there has no text", () => {
  expect(enclosingText(deployment, 99)).toEqual([]);
});
