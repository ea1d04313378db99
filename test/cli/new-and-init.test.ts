import { expect, test } from "@jest/globals";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scaffoldKinds } from "../../src/cli/authoring/scaffold.ts";
import { directoryWith, git, portcullis } from "./run-portcullis.ts";

const WEB = `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: { app: web }
  ports: [{ port: 80 }]
`;
const APPLICATION = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: default
  destination: { server: "https://kubernetes.default.svc", namespace: shop }
  source: { repoURL: "https://git.example.com/acme/shop", path: apps, targetRevision: main }
`;

const read = (directory: string, path: string): string => readFileSync(join(directory, path), "utf8");

test("new policies about each kind pass their tests, are formatted, and find what they are to find", async () => {
  const directory = directoryWith({});
  const kinds = Object.keys(scaffoldKinds);
  const ids = kinds.map((kind) => `labels/cost-center-of-${kind.toLowerCase()}`);
  for (const [at, kind] of kinds.entries())
    expect(await portcullis(directory, ["new", "policy", ids[at] ?? "", "--kind", kind])).toMatchObject({
      code: 0,
      err: "",
    });
  const tested = await portcullis(directory, ["test", "--coverage", "--threshold", "100"]);
  expect({ code: tested.code, out: tested.out }).toEqual({
    code: 0,
    out: `coverage 100 %, ${kinds.length} of ${kinds.length} rule bodies\n\n${kinds.length * 5} passed, 0 failed (${kinds.length * 3} test rules, ${kinds.length * 2} fixtures)\n`,
  });
  expect(await portcullis(directory, ["fmt", "--check", "policies"])).toEqual({ code: 0, out: "", err: "" });
  const judged = await portcullis(directory, ["check", "--fail-on", "never", "-o", "json"]);
  const { findings, problems } = JSON.parse(judged.out) as {
    findings: { policy: string; location: { path: string } }[];
    problems: unknown[];
  };
  // Fixtures are manifests that the schemas of Kubernetes accept: only the policies have findings.
  expect(problems).toEqual([]);
  expect([...new Set(findings.map(({ policy }) => policy))].toSorted()).toEqual(ids.toSorted());
});

test("a new policy goes where the configuration has its policies, and nothing is overwritten", async () => {
  const directory = directoryWith({
    "portcullis.yaml": "version: 1\npolicies: [rules]\n",
    "rules/workloads/owner/README.md": "mine\n",
  });
  const refused = await portcullis(directory, ["new", "policy", "workloads/owner"]);
  expect(refused).toEqual({
    code: 2,
    out: "",
    err: "error: rules/workloads/owner/README.md: exists already, and nothing is overwritten\n",
  });
  expect(existsSync(join(directory, "rules/workloads/owner/policy.rego"))).toBe(false);
  const made = await portcullis(directory, ["new", "policy", "workloads/team", "--title", "Who: owns it"]);
  expect(made.code).toBe(0);
  expect(read(directory, "rules/workloads/team/policy.rego")).toContain('# title: "Who: owns it"\n');
});

test.each([
  [["new", "policy", "Owner"], "error: Owner: expected category/name in lower case"],
  [
    ["new", "policy", "images/tag"],
    "error: images/tag: a policy that ships has this id; see portcullis explain images/tag",
  ],
  [["new", "policy", "a/1b"], "error: a/1b: 1b begins with a digit"],
  [["new", "policy", "a/default"], "error: a/default: default is a keyword of Rego"],
  [["new", "test", "a/b"], 'error: new test: expected "new policy category/name"'],
  [["new", "policy", "a/b", "--kind", "Widget"], "error: --kind Widget: expected one of Deployment, "],
  [["new", "policy", "a/b", "--title", "two\nlines"], "error: --title: expected one line of text"],
])("%j is refused", async (args, message) => {
  const directory = directoryWith({});
  const { code, out, err } = await portcullis(directory, args);
  expect({ code, out, err: err.slice(0, message.length) }).toEqual({ code: 2, out: "", err: message });
  expect(existsSync(join(directory, "policies"))).toBe(false);
});

test("init writes a configuration that is valid, names what it found, and takes a first policy", async () => {
  const directory = directoryWith({
    "apps/web.yaml": WEB,
    "argocd/shop.yaml": APPLICATION,
    "crds/widget.yaml":
      "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: widgets.example.com\nspec:\n  group: example.com\n  scope: Namespaced\n  names: { kind: Widget, plural: widgets }\n  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]\n",
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": WEB.replace("web", "api"),
    "overlays/production/kustomization.yaml": "resources: [../../base]\n",
  });
  git(directory, "init", "-q", "-b", "main");
  const first = await portcullis(directory, ["init"]);
  expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" });
  expect(first.out).toContain("wrote portcullis.yaml (4 files with manifests)\n");
  const text = read(directory, "portcullis.yaml");
  expect(text).toContain("#   1 object of Argo CD: Application shop\n");
  expect(text).toContain("#   1 overlay: overlays/production\n");
  expect(text).toContain("and of 1 CRD in this repository");
  // Every key that is set has a comment above it.
  for (const [, before] of text.matchAll(/^(.*)\n[a-z]+:/gm)) expect(before).toMatch(/^#/);
  expect((await portcullis(directory, ["check", "--offline"])).code).toBe(0);
  const again = await portcullis(directory, ["init"]);
  expect(again).toEqual({
    code: 2,
    out: "",
    err: "error: portcullis.yaml exists already, and nothing is overwritten\n",
  });
  const made = await portcullis(directory, ["new", "policy", "services/owner", "--kind", "Service"]);
  expect(made.out).toContain("changed portcullis.yaml: it names policies/, and leaves out the fixtures in it\n");
  const judged = await portcullis(directory, ["check", "--offline"]);
  expect({ code: judged.code, err: judged.err }).toEqual({ code: 0, err: "" });
  expect(judged.out).toContain("deny[services/owner]: there is no label owner");
  expect(judged.out).not.toContain("fixtures/");
});

test("init refuses below another configuration", async () => {
  const directory = directoryWith({ "portcullis.yaml": "version: 1\n", "apps/web.yaml": WEB });
  const { code, err } = await portcullis(join(directory, "apps"), ["init"]);
  // Without a repository, only the working directory counts.
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("portcullis.yaml") });
});
