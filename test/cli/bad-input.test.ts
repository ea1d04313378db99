import { createHash, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { tgz } from "../support/remote-servers/archives.ts";
import { startLoopback, type Loopback } from "../support/remote-servers/loopback.ts";
import { directoryWith, portcullis, type Ran } from "./run-portcullis.ts";

/** A template with these lines below its target, and the line of the first of them. */
const template = (kind: string, code: string): string => `apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {name: ${kind.toLowerCase()}}
spec:
  crd:
    spec:
      names: {kind: ${kind}}
      validation:
        openAPIV3Schema: {type: object, properties: {labels: {type: array, items: {type: string}}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
${code}`;
const ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]";
const costly = ["a", "b", "c", "d", "e", "f", "g"].reduceRight(
  (inner, name) => `${ten}.all(${name}, ${inner})`,
  "a + b + c + d + e + f + g > 0",
);

const policies = {
  "p/no-code.yaml": template("NoCode", ""),
  "p/parameters.yaml": template(
    "Required",
    '      rego: |\n        package required\n        violation[{"msg": "x"}] { input.parameters.labels[_] }\n',
  ),
  "p/constraint.yaml":
    "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: Required\nmetadata: {name: owner}\nspec:\n  parameters:\n    labels: 7\n",
  "p/cyclic.yaml": template(
    "Cyclic",
    `      rego: |
        package cyclic
        import data.lib.a
        violation[{"msg": msg}] { msg := a.one }
      libs:
        - |
          package lib.a
          one = data.lib.b.two
        - |
          package lib.b
          two = data.lib.a.one
`,
  ),
  "p/costly.yaml": `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: costly}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
  validations:
    - expression: "${costly}"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: costly}
spec: {policyName: costly, validationActions: [Deny]}
`,
  "p/cycle/a.rego": "package cycle.a\n\none := data.cycle.b.two\n",
  "p/cycle/b.rego": "package cycle.b\n\ntwo := data.cycle.a.one\n",
  "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: []}\n",
  "widgets.yaml": `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
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
              properties: {items: {type: array, items: {type: string}}}
              x-kubernetes-validations:
                - rule: "self.items.all(a, self.items.all(b, a == b))"
`,
};

const mistyped = `# METADATA
# title: Ours
# custom:
#   severty: high
package main

deny contains "x" if input.kind == "None"
`;

const bundle = tgz([{ path: "a.rego", content: 'package main\n\ndeny contains "x" if input.kind == "None"\n' }]);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" });
let host: Loopback;
let judged: Ran;
let configured: Ran;
let tested: Ran;
let typed: Ran;
beforeAll(async () => {
  host = await startLoopback((_, response) => void response.end(bundle));
  const configuration = `version: 1
policies:
  - ../outside
  - ${host.origin}/a.tar.gz@sha256:${createHash("sha256").update("other").digest("hex")}
  - signed.tar.gz
  - escaping.tar.gz
  - "oci://ghcr.io/acme/policies:1"
remotes: { allow: ["${host.origin}/**"] }
signatures:
  - policies: signed.tar.gz
    key: ${JSON.stringify(key)}
`;
  const other = directoryWith({ "portcullis.yaml": configuration, "pod.yaml": policies["pod.yaml"] });
  writeFileSync(join(other, "signed.tar.gz"), bundle);
  writeFileSync(join(other, "escaping.tar.gz"), tgz([{ path: "../a.rego", content: "package a\n" }]));
  const suite = `apiVersion: test.gatekeeper.sh/v1alpha1
kind: Suite
metadata: {name: s}
tests:
  - name: one
    template: gone.yaml
    constraint: constraint.yaml
    cases: [{name: a, object: pod.yaml, assertions: [{violations: no}]}]
`;
  [judged, configured, tested, typed] = await Promise.all([
    portcullis(directoryWith(policies), ["check", "-p", "p", "pod.yaml", "widgets.yaml"]),
    portcullis(other, ["check", "--no-schemas", "pod.yaml"]),
    portcullis(directoryWith({ "suite.yaml": suite, "pod.yaml": policies["pod.yaml"] }), ["test", "."]),
    portcullis(directoryWith({ "metadata.rego": mistyped, "pod.yaml": policies["pod.yaml"] }), [
      "check",
      "--no-schemas",
      "-p",
      "metadata.rego",
      "pod.yaml",
    ]),
  ]);
});
afterAll(() => host.close());

test.each<[string, () => Ran, RegExp]>([
  [
    "a template without code",
    () => judged,
    /the template has no code; expected Rego or K8sNativeValidation, below spec\.targets\[0\]\.rego or code\n *--> p\/no-code\.yaml:11/,
  ],
  [
    "wrong parameters",
    () => judged,
    /spec\.parameters\.labels: expected a list, found number 7\n *--> p\/constraint\.yaml:6/,
  ],
  [
    "libraries of a template that need each other",
    () => judged,
    /rule data\.lib\.a\.one is recursive: data\.lib\.a\.one -> data\.lib\.b\.two -> data\.lib\.a\.one\n *--> p\/cyclic\.yaml:19/,
  ],
  [
    "libraries in files that need each other",
    () => judged,
    /rule data\.cycle\.a\.one is recursive: .*\n *--> p\/cycle\/a\.rego:3:1/,
  ],
  [
    "CEL that costs too much when it runs",
    () => judged,
    /deny\[validatingadmissionpolicy\/costly\]: .* resulted in error: operation cancelled: actual cost limit exceeded\n *--> pod\.yaml:1/,
  ],
  [
    "CEL that may cost too much",
    () => judged,
    /estimated rule cost exceeds budget by factor of more than 100x \(try simplifying the rule, or adding maxItems, .*\n *--> widgets\.yaml:20/,
  ],
  [
    "a path out of the repository",
    () => configured,
    /\.\.\/outside: expected a path inside the repository\n *--> portcullis\.yaml:3:/,
  ],
  [
    "another digest",
    () => configured,
    /is not what its digest says: it has sha256:[0-9a-f]{64}\n *--> portcullis\.yaml:4:/,
  ],
  [
    "a signature that is missing",
    () => configured,
    /signed\.tar\.gz: is not signed: it has no \.signatures\.json, .*\n *--> portcullis\.yaml:5:/,
  ],
  [
    "a bundle with a path out of it",
    () => configured,
    /escaping\.tar\.gz: .*\.\.\/a\.rego.*\n *--> portcullis\.yaml:6:/,
  ],
  ["no digest", () => configured, /does not say which content it is; expected .*\n *--> portcullis\.yaml:7:/],
  [
    "a suite with a missing file",
    () => tested,
    /error: s one\n *--> suite\.yaml:5\n *= line 6: gone\.yaml: no such file/,
  ],
])("%s is an error with its line", (_, ran, message) => {
  expect(ran().out).toMatch(message);
  expect(ran().code).toBe(2);
});

test("a typing error in METADATA is a warning with its line, since the policy runs", () => {
  expect(typed.out).toMatch(/METADATA key severty has no effect: did you mean severity\?\n *--> metadata\.rego:4/);
  expect(typed.code).toBe(0);
});
