import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { directoryWith, git, portcullis, write } from "./run-portcullis.ts";

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx
`;
const replicas = (level: string): string =>
  `package main\n\nimport rego.v1\n\n${level} contains "one replica only" if input.spec.replicas < 2\n`;
const tag = `
deny contains message if {
	some container in input.spec.template.spec.containers
	not contains(container.image, ":")
	message := sprintf("%s has no tag", [container.image])
}
`;

let repository: string;

beforeAll(() => {
  repository = directoryWith({
    "portcullis.yaml": "version: 1\npolicies: [policies]\nenvironments: { prod: { paths: ['apps/**'] } }\n",
    "apps/web.yaml": web,
    "policies/main.rego": replicas("deny"),
    ".github/CODEOWNERS": "/apps/ @acme/shop\n",
  });
  git(repository, "init", "-q", "-b", "main");
  git(repository, "add", "-A");
  git(repository, "commit", "-qm", "one");
  write(repository, { "policies/main.rego": `${replicas("warn")}${tag}` });
});

test("the rules on disk are compared with those of the base, on the files as they are", async () => {
  const { code, out, err } = await portcullis(repository, ["impact", "--base", "main", "-o", "json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const impact = JSON.parse(out) as { readonly entries: readonly { readonly [key: string]: unknown }[] };
  const ajv = addFormats.default(new Ajv2020({ allErrors: true, strict: true }));
  const validate = ajv.compile(JSON.parse(readFileSync("schema/impact.schema.json", "utf8")) as object);
  expect([validate(impact), validate.errors]).toEqual([true, null]);
  const common = { environment: "prod", owners: ["@acme/shop"] };
  expect(impact.entries).toEqual([
    expect.objectContaining({
      ...common,
      kind: "blocked",
      after: "deny",
      location: { path: "apps/web.yaml", line: 12 },
    }),
    expect.objectContaining({ ...common, kind: "allowed", before: "deny", after: "warn" }),
  ]);
});

test.each([
  ["never", 0],
  ["denied", 1],
  ["allowed", 1],
  ["any", 1],
])("--fail-on %s ends with %i where results are newly denied and no longer denied", async (which, expected) => {
  const { code } = await portcullis(repository, ["impact", "--base", "main", "--fail-on", which]);
  expect(code).toBe(expected);
});

test("two commits are compared with --head; equal rules differ in nothing", async () => {
  const args = ["impact", "--base", "main", "--head", "main", "--fail-on", "any"];
  const { code, out } = await portcullis(repository, args);
  expect(code).toBe(0);
  expect(out).toContain("The new rules find what the old rules find");
});

test("rules that do not compile are compared with nothing", async () => {
  const broken = directoryWith({
    "portcullis.yaml": "version: 1\npolicies: [p]\n",
    "p/a.rego": replicas("deny"),
    "w.yaml": web,
  });
  git(broken, "init", "-q", "-b", "main");
  git(broken, "add", "-A");
  git(broken, "commit", "-qm", "one");
  write(broken, { "p/a.rego": "package main\n\ndeny contains x if true\n" });
  const { code, out, err } = await portcullis(broken, ["impact", "--base", "main"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("new rules: cannot be used");
  expect(err).toMatch(/problem\[compile\]: p\/a\.rego:3: rego_unsafe_var_error/);
});

test.each([
  ["an unknown base", ["--base", "nowhere"], /nowhere/],
  ["no base", [], /--base/],
])("%s is a usage error", async (_, args, message) => {
  const { code, err } = await portcullis(repository, ["impact", ...args]);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});
