import { expect, test } from "@jest/globals";
import { directoryWith, git, portcullis } from "../cli/run-portcullis.ts";

const policy = "package main\n\ndeny contains msg if {\n\tinput.never\n\tmsg := input.never\n}\n";
const crd = `apiVersion: apiextensions.k8s.io/v1
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
              x-kubernetes-validations: [{rule: self.min <= self.max, message: min must not be more than max}]
              properties: {min: {type: integer}, max: {type: integer}}
`;
const widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n  min: 5\n  max: 3\n";

const files = { "policy/none.rego": policy, "crd.yaml": crd, "widget.yaml": widget };

test("check reports the rules of a CRD in the tree like a policy", async () => {
  const { code, out } = await portcullis(directoryWith(files), ["check", "-o", "json"]);
  const { findings } = JSON.parse(out) as { readonly findings: readonly { readonly [key: string]: unknown }[] };
  expect(code).toBe(1);
  expect(findings).toEqual([
    expect.objectContaining({
      policy: "kubernetes/rules",
      level: "deny",
      message: "spec: min must not be more than max",
      location: expect.objectContaining({ path: "widget.yaml", line: 6, precision: "value" }),
    }),
  ]);
});

test.each([
  ["--no-schemas leaves the rules out", ["--no-schemas"]],
  ["who names packages wants no others", ["-n", "main"]],
])("%s", async (_, args) => {
  const { code } = await portcullis(directoryWith(files), ["check", ...args]);
  expect(code).toBe(0);
});

test("levels apply to it", async () => {
  const config = "version: 1\npolicies: [policy]\nlevels: {kubernetes/rules: warn}\n";
  const { code, out } = await portcullis(directoryWith({ ...files, "portcullis.yaml": config }), ["check"]);
  expect(code).toBe(0);
  expect(out).toContain("kubernetes/rules");
});

const admission = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [configmaps]}]
  validations:
    - expression: "request.operation != 'DELETE' || !has(oldObject.data.keep)"
      message: this is kept
    - expression: "request.operation == 'DELETE' || object.data.size != 'large'"
      message: too large
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few}
spec: {policyName: few, validationActions: [Deny]}
`;
const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  size: large\n";

test("an admission policy is a policy below a policy path, without any Rego", async () => {
  const directory = directoryWith({ "admission/few.yaml": admission, "app/a.yaml": configMap });
  const { code, out, err } = await portcullis(directory, ["check", "app", "-p", "admission", "-o", "json"]);
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const { findings } = JSON.parse(out) as { readonly findings: readonly unknown[] };
  expect(findings).toEqual([
    expect.objectContaining({
      policy: "validatingadmissionpolicy/few",
      rule: "validations[1]",
      message: "too large",
      location: expect.objectContaining({ path: "app/a.yaml", line: 5 }),
      metadata: { binding: "few", reason: "Invalid" },
    }),
  ]);
});

test("what a change deletes is a DELETE", async () => {
  const kept = configMap.replace("size: large", "keep: yes please");
  const directory = directoryWith({ "admission/few.yaml": admission, "app/a.yaml": kept });
  for (const args of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-qm", "First"],
    ["rm", "-q", "app/a.yaml"],
    ["commit", "-qm", "Second"],
  ])
    git(directory, ...args);
  const { code, out } = await portcullis(directory, ["check", "-p", "admission", "--base", "HEAD~1", "-o", "json"]);
  const { findings } = JSON.parse(out) as { readonly findings: readonly { readonly message: string }[] };
  expect({ code, messages: findings.map(({ message }) => message) }).toEqual({
    code: 1,
    messages: expect.arrayContaining(["this is kept"]),
  });
});
