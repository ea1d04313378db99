import { expect, test } from "@jest/globals";
import { directoryWith, portcullis } from "./run-portcullis.ts";

const policy = "package main\n\ndeny contains msg if {\n\tinput.never\n\tmsg := input.never\n}\n";
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
`;
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: "3"
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      container: [{name: web, image: example.com/web:1.0.0}]
      containers: [{name: web, image: example.com/web:1.0.0}]
`;

async function report(files: { readonly [path: string]: string }, args: readonly string[] = []) {
  const directory = directoryWith({ "policy/none.rego": policy, ...files });
  const { code, out, err } = await portcullis(directory, ["check", "-o", "json", ...args]);
  if (code === 2) throw new Error(err + out);
  const said = JSON.parse(out) as {
    readonly findings: readonly {
      level: string;
      policy: string;
      message: string;
      location: { path: string; line: number };
    }[];
    readonly unknownKinds?: readonly unknown[];
  };
  const lines = said.findings.map(
    ({ level, policy: id, message, location }) => `${level} ${id} ${location.path}:${location.line} ${message}`,
  );
  return { code, lines, unknownKinds: said.unknownKinds ?? [] };
}

test("A manifest is held against Kubernetes' schema, and every fault stands at its line", async () => {
  expect(await report({ "web.yaml": deployment })).toEqual({
    code: 1,
    lines: [
      'deny kubernetes/schema web.yaml:5 spec.replicas: expected integer, found string "3"',
      "deny kubernetes/schema web.yaml:10 spec.template.spec.container: unknown field; did you mean containers?",
    ],
    unknownKinds: [],
  });
});

test("A custom resource is held against the CRD of the tree, wherever that lies; kinds without one are counted", async () => {
  const other = (name: string) => `apiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: ${name}}\n---\n`;
  const files = {
    "a/widget.yaml": "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n  size: big\n",
    "z/crd.yaml": crd,
    "z/gadgets.yaml": other("a") + other("b"),
  };
  expect(await report(files)).toEqual({
    code: 1,
    lines: ['deny kubernetes/schema a/widget.yaml:5 spec.size: expected integer, found string "big"'],
    unknownKinds: [{ kind: "example.org/Gadget", manifests: 2 }],
  });
});

test("Levels, versions and switches of the configuration hold for schemas, too", async () => {
  const files = {
    "web.yaml": deployment
      .replace('"3"', "3")
      .replace(/ +container:.*\n/, "")
      .replace("apps/v1", "apps/v1beta2"),
  };
  const configured = (text: string) =>
    report({ ...files, "portcullis.yaml": `version: 1\npolicies: [policy]\n${text}` });
  expect((await configured('schemas: { kubernetes: "1.30" }\n')).lines).toEqual([
    "deny kubernetes/api-version web.yaml:1 apps/v1beta2 Deployment is no longer served as of Kubernetes 1.16; use apps/v1",
  ]);
  expect((await configured('levels: { "kubernetes/api-version": warn }\n')).code).toBe(0);
  expect((await configured("schemas: off\n")).lines).toEqual([]);
  expect((await report(files, ["--no-schemas"])).lines).toEqual([]);
});

test("A policy that reads what no manifest of its kind has is a warning at its line, unless schemas are off", async () => {
  const misspelt =
    'package main\n\ndeny contains "x" if {\n\tinput.kind == "Deployment"\n\tinput.spec.replica > 3\n}\n';
  const files = {
    "policy/none.rego": misspelt,
    "web.yaml": deployment.replace('"3"', "3").replace(/ +container:.*\n/, ""),
  };
  expect(await report(files)).toMatchObject({
    code: 0,
    lines: [
      "warn policies/dead policy/none.rego:5 rule deny reads input.spec.replica, which no Deployment has; did you mean replicas?",
    ],
  });
  expect((await report(files, ["--no-schemas"])).lines).toEqual([]);
});

test("A version that nobody knows schemas of is told at its line, and blocks", async () => {
  const directory = directoryWith({
    "policy/none.rego": policy,
    "web.yaml": deployment,
    "portcullis.yaml": 'version: 1\npolicies: [policy]\nschemas:\n  kubernetes: "1.99"\n',
  });
  const { code, out } = await portcullis(directory, ["check"]);
  expect(code).toBe(2);
  expect(out).toContain("no schemas for Kubernetes 1.99; expected a version from 1.25 to 1.37");
  expect(out).toContain("portcullis.yaml:4");
});
